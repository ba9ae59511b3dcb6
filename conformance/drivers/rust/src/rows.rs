//! Binance's own JSON in the kit's words.

use serde_json::{json, Value};

/// An object without what is null.
pub fn given(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

/// A number of an order or trade, which the kit gives as text.
pub fn id(text: &Value) -> Value {
    text.as_str().and_then(|text| text.parse::<i64>().ok()).map_or(Value::Null, Value::from)
}

pub fn outcome(kind: &str, code: Option<i64>, status: Option<u16>, message: String, until: Option<u64>) -> Value {
    json!({ "outcome": kind, "code": code, "status": status, "message": message, "until_ms": until })
}

/// Binance's answer to an operation as the operation's result; what has not the fields is handed on as it is.
pub fn view(op: &Value, rows: Value) -> Value {
    let each = |view: fn(&Value) -> Value| rows.as_array().map(|rows| rows.iter().map(view).collect::<Vec<_>>());
    let made = match op["op"].as_str().unwrap_or_default() {
        "server_time" => Some(json!({ "server_time_ms": rows["serverTime"] })),
        "exchange_info" => rows["symbols"].as_array().map(|rows| rows.iter().map(symbol).collect()),
        "price" => {
            let row = if rows.is_array() { &rows[0] } else { &rows };
            Some(json!({ "symbol": row["symbol"], "price": row["price"] }))
        }
        "klines" => each(kline).map(Value::from),
        "market_trades" => each(|row| {
            json!({ "trade_id": text(&row["a"]), "price": row["p"], "quantity": row["q"], "time_ms": row["T"] })
        })
        .map(Value::from),
        "my_trades" => each(trade).map(Value::from),
        "account" => ["balances", "assets"].iter().find_map(|name| rows[name].as_array()).map(|held| {
            let balance = |row: &Value| {
                json!({ "asset": row["asset"], "free": first(row, &["free", "availableBalance"]), "locked": row["locked"] })
            };
            held.iter().map(balance).collect()
        }),
        "test_order" | "cancel_all_orders" | "set_position_mode" => Some(Value::Null),
        "place_orders" => each(|row| match row["orderId"].is_null() {
            true => json!({ "code": row["code"], "message": row["msg"].as_str().unwrap_or_default() }),
            false => json!({ "order": order(row) }),
        })
        .map(Value::from),
        "place_order" | "cancel_order" | "query_order" => rows.is_object().then(|| order(&rows)),
        "open_orders" | "all_orders" => each(order).map(Value::from),
        "set_leverage" => Some(json!({ "symbol": rows["symbol"], "leverage": rows["leverage"] })),
        "position_mode" => Some(json!({ "hedge": rows["dualSidePosition"] })),
        "positions" => each(|row| {
            json!({
                "symbol": row["symbol"], "quantity": row["positionAmt"], "side": row["positionSide"],
                "entry_price": row["entryPrice"],
            })
        })
        .map(Value::from),
        _ => None,
    };
    made.unwrap_or(rows)
}

fn symbol(row: &Value) -> Value {
    let filter = |kinds: &[&str]| {
        let filters = row["filters"].as_array().into_iter().flatten();
        filters.into_iter().find(|each| kinds.iter().any(|kind| each["filterType"] == *kind)).cloned().unwrap_or(Value::Null)
    };
    let (lot, notional) = (filter(&["LOT_SIZE"]), filter(&["NOTIONAL", "MIN_NOTIONAL"]));
    json!({
        "symbol": row["symbol"], "status": row["status"], "tick_size": filter(&["PRICE_FILTER"])["tickSize"],
        "step_size": lot["stepSize"], "min_qty": lot["minQty"],
        "min_notional": first(&notional, &["minNotional", "notional"]),
    })
}

fn kline(row: &Value) -> Value {
    json!({
        "open_time_ms": row[0], "open": row[1], "high": row[2], "low": row[3], "close": row[4], "volume": row[5],
        "close_time_ms": row[6],
    })
}

fn order(row: &Value) -> Value {
    json!({
        "order_id": text(&first(row, &["orderId", "algoId"])),
        "client_order_id": first(row, &["origClientOrderId", "clientOrderId", "clientAlgoId"]),
        "symbol": row["symbol"], "side": row["side"], "type": first(row, &["type", "orderType"]),
        "status": first(row, &["status", "algoStatus"]), "price": row["price"],
        "quantity": first(row, &["origQty", "quantity"]), "executed_quantity": row["executedQty"],
        "time_ms": first(row, &["transactTime", "time", "createTime", "updateTime"]),
    })
}

fn trade(row: &Value) -> Value {
    json!({
        "trade_id": text(&row["id"]), "order_id": text(&row["orderId"]), "price": row["price"], "quantity": row["qty"],
        "commission": row["commission"], "commission_asset": row["commissionAsset"], "time_ms": row["time"],
    })
}

fn first(row: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| &row[*name]).find(|value| !value.is_null()).cloned().unwrap_or(Value::Null)
}

fn text(value: &Value) -> Value {
    if value.is_null() { Value::Null } else { json!(value.as_str().map_or_else(|| value.to_string(), str::to_string)) }
}
