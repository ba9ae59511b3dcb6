import org.json.JSONArray;
import org.json.JSONObject;

/** Binance's own JSON in the kit's words. */
final class Rows {
    private interface View {
        Object of(Object row);
    }

    private Rows() {}

    /** Binance's answer to an operation, as the operation's result. Throws when it is something else. */
    static Object view(JSONObject operation, String answer) {
        switch (operation.getString("op")) {
            case "server_time":
                return new JSONObject().put("server_time_ms", new JSONObject(answer).getLong("serverTime"));
            case "exchange_info":
                return all(new JSONObject(answer).getJSONArray("symbols"), Rows::symbol);
            case "price":
                return copied(new JSONObject(answer), "symbol", "symbol", "price", "price");
            case "klines":
                return all(new JSONArray(answer), Rows::kline);
            case "market_trades":
                return all(new JSONArray(answer), row -> copied(
                    row, "a", "trade_id", "p", "price", "q", "quantity", "T", "time_ms"));
            case "my_trades":
                return all(new JSONArray(answer), row -> copied(
                    row, "id", "trade_id", "orderId", "order_id", "price", "price", "qty", "quantity",
                    "commission", "commission", "commissionAsset", "commission_asset", "time", "time_ms"));
            case "account":
                return all(new JSONObject(answer).getJSONArray("balances"), row -> copied(
                    row, "asset", "asset", "free", "free", "locked", "locked"));
            case "test_order", "cancel_all_orders":
                return JSONObject.NULL;
            case "open_orders", "all_orders":
                return all(new JSONArray(answer), Rows::order);
            default:
                return order(new JSONObject(answer));
        }
    }

    private static JSONArray all(JSONArray rows, View view) {
        var made = new JSONArray();
        rows.forEach(row -> made.put(view.of(row)));
        return made;
    }

    /** A row with some of its fields under other names; ids become text. */
    private static JSONObject copied(Object row, String... names) {
        var made = new JSONObject();
        for (int at = 0; at < names.length; at += 2) {
            Object value = ((JSONObject) row).opt(names[at]);
            if (value != null) {
                made.put(names[at + 1], names[at + 1].endsWith("_id") ? String.valueOf(value) : value);
            }
        }
        return made;
    }

    private static JSONObject order(Object row) {
        JSONObject made = copied(
            row, "orderId", "order_id", "clientOrderId", "client_order_id", "symbol", "symbol", "side", "side",
            "type", "type", "status", "status", "price", "price", "origQty", "quantity", "executedQty",
            "executed_quantity", "time", "time_ms", "transactTime", "time_ms");
        String own = ((JSONObject) row).optString("origClientOrderId");
        return own.isEmpty() ? made : made.put("client_order_id", own);
    }

    private static JSONObject kline(Object row) {
        var fields = (JSONArray) row;
        return new JSONObject()
            .put("open_time_ms", fields.get(0)).put("open", fields.get(1)).put("high", fields.get(2))
            .put("low", fields.get(3)).put("close", fields.get(4)).put("volume", fields.get(5))
            .put("close_time_ms", fields.get(6));
    }

    private static JSONObject symbol(Object row) {
        JSONObject made = copied(row, "symbol", "symbol", "status", "status");
        for (Object each : ((JSONObject) row).getJSONArray("filters")) {
            JSONObject filter = (JSONObject) each;
            switch (filter.getString("filterType")) {
                case "PRICE_FILTER" -> made.put("tick_size", filter.get("tickSize"));
                case "LOT_SIZE" -> made.put("step_size", filter.get("stepSize")).put("min_qty", filter.get("minQty"));
                case "NOTIONAL" -> made.put("min_notional", filter.get("minNotional"));
                default -> { }
            }
        }
        return made;
    }
}
