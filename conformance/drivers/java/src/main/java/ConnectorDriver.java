import com.binance.connector.client.exceptions.BinanceClientException;
import com.binance.connector.client.exceptions.BinanceConnectorException;
import com.binance.connector.client.exceptions.BinanceServerException;
import com.binance.connector.client.impl.SpotClientImpl;
import com.binance.connector.client.utils.signaturegenerator.Ed25519SignatureGenerator;
import com.binance.connector.client.utils.signaturegenerator.HmacSignatureGenerator;
import com.binance.connector.client.utils.signaturegenerator.RsaSignatureGenerator;
import com.binance.connector.client.utils.signaturegenerator.SignatureGenerator;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** binance-connector-java: the official client for spot, behind the protocol. It hands out Binance's JSON as text. */
public final class ConnectorDriver {
    /** The client has no such operation. */
    private static final class Unsupported extends RuntimeException {}

    private static final String VERSION = "3.4.1";
    private SpotClientImpl client;
    private Object window;

    public static void main(String[] args) throws IOException {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var driver = new ConnectorDriver();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            var command = new JSONObject(line);
            out.println(switch (command.getString("cmd")) {
                case "hello" -> hello();
                case "configure" -> driver.configure(command);
                case "call" -> driver.call(command.getJSONObject("operation"));
                default -> new JSONObject().put("ok", true);
            });
            if (command.getString("cmd").equals("bye")) {
                break;
            }
        }
        System.exit(0);
    }

    private static JSONObject hello() {
        return new JSONObject()
            .put("protocol", 1).put("client", "binance-connector-java").put("version", VERSION).put("language", "java")
            .put("homepage", "https://github.com/binance/binance-connector-java")
            .put("capabilities", new JSONObject()
                .put("venues", new String[] {"spot"}).put("key_types", new String[] {"hmac", "rsa", "ed25519"}));
    }

    private JSONObject configure(JSONObject settings) {
        try {
            if (settings.has("timeout_ms")) {
                throw new IllegalArgumentException("its timeout cannot be set");
            }
            String url = settings.getJSONObject("urls").getString("spot");
            JSONObject key = settings.optJSONObject("key");
            window = settings.opt("recv_window_ms");
            client = key == null ? new SpotClientImpl(url) : new SpotClientImpl(key.getString("api_key"), signer(key), url);
            return new JSONObject().put("ok", true);
        } catch (IOException | RuntimeException error) {
            return new JSONObject().put("ok", false).put("error", error.toString());
        }
    }

    private static SignatureGenerator signer(JSONObject key) throws IOException {
        if (key.getString("type").equals("hmac")) {
            return new HmacSignatureGenerator(key.getString("secret"));
        }
        Path file = Files.createTempFile("key", ".pem"); // It reads private keys from files.
        try {
            Files.writeString(file, key.getString("private_key"));
            return key.getString("type").equals("rsa")
                ? new RsaSignatureGenerator(file.toString()) : new Ed25519SignatureGenerator(file.toString());
        } finally {
            Files.delete(file);
        }
    }

    private JSONObject call(JSONObject operation) {
        String answer;
        try {
            answer = send(operation);
        } catch (Unsupported error) {
            return new JSONObject().put("outcome", "unsupported");
        } catch (BinanceClientException error) {
            return byStatus(error.getHttpStatusCode(), error.getErrorCode(), String.valueOf(error.getMessage()));
        } catch (BinanceServerException error) {
            return byStatus(error.getHttpStatusCode(), null, String.valueOf(error.getMessage()));
        } catch (BinanceConnectorException error) {
            String kind = error.getCause() instanceof IOException ? "network" : unsent(error) ? "refused" : "network";
            return new JSONObject().put("outcome", kind).put("message", String.valueOf(error.getMessage()));
        } catch (RuntimeException error) {
            return new JSONObject().put("outcome", "crash").put("message", error.toString());
        }
        JSONObject told = new JSONObject().put("outcome", "accepted");
        try {
            return told.put("result", Rows.view(operation, answer));
        } catch (JSONException error) {
            return told.put("result", answer); // Success, and a text that is not Binance's JSON.
        }
    }

    /** Whether its parameter check refused the call. */
    private static boolean unsent(BinanceConnectorException error) {
        String message = String.valueOf(error.getMessage());
        return message.contains("mandatory") || message.contains("must be") || message.contains("cannot be empty");
    }

    private static JSONObject byStatus(int status, Integer code, String message) {
        if (code == null && message.startsWith("{\"code\":")) {
            code = new JSONObject(message).getInt("code");
        }
        boolean unknown = status >= 500 || code != null && (code == -1006 || code == -1007);
        String kind = unknown ? "unknown" : status == 418 ? "banned" : status == 429 ? "rate_limited" : "refused";
        return new JSONObject()
            .put("outcome", kind).put("status", status).put("message", message)
            .put("code", code == null || code == 0 ? JSONObject.NULL : code);
    }

    private String send(JSONObject op) {
        Map<String, Object> params = params(op);
        switch (op.getString("op")) {
            case "server_time": return client.createMarket().time();
            case "exchange_info": return client.createMarket().exchangeInfo(params);
            case "price": return client.createMarket().tickerSymbol(params);
            case "klines": return client.createMarket().klines(params);
            case "market_trades": return client.createMarket().aggTrades(params);
            default: break;
        }
        if (window != null) {
            params.put("recvWindow", window);
        }
        var trade = client.createTrade();
        return switch (op.getString("op")) {
            case "account" -> trade.account(params);
            case "my_trades" -> trade.myTrades(params);
            case "test_order" -> trade.testNewOrder(params);
            case "place_order" -> trade.newOrder(params);
            case "cancel_order" -> trade.cancelOrder(params);
            case "cancel_all_orders" -> trade.cancelOpenOrders(params);
            case "query_order" -> trade.getOrder(params);
            case "open_orders" -> trade.getOpenOrders(params);
            case "all_orders" -> trade.getOrders(params);
            default -> throw new Unsupported();
        };
    }

    /** The operation's fields under Binance's names. Its documentation takes numbers as doubles. */
    private static Map<String, Object> params(JSONObject op) {
        boolean placing = op.getString("op").endsWith("_order") && op.has("side");
        boolean paged = op.getString("op").equals("all_orders");
        Map<String, Object> params = new LinkedHashMap<>();
        for (String name : op.keySet()) {
            Object value = op.get(name);
            switch (name) {
                case "op", "reduce_only", "position_side" -> { }
                case "symbols" -> params.put(name, new java.util.ArrayList<>(((JSONArray) value).toList()));
                case "start_ms" -> params.put("startTime", value);
                case "end_ms" -> params.put("endTime", value);
                case "from_id" -> params.put(paged ? "orderId" : "fromId", Long.valueOf((String) value));
                case "order_id" -> params.put("orderId", Long.valueOf((String) value));
                case "client_order_id" -> params.put(placing ? "newClientOrderId" : "origClientOrderId", value);
                case "time_in_force" -> params.put("timeInForce", value);
                case "quantity", "price" -> params.put(name, Double.valueOf((String) value));
                case "quote_quantity" -> params.put("quoteOrderQty", Double.valueOf((String) value));
                case "stop_price" -> params.put("stopPrice", Double.valueOf((String) value));
                default -> params.put(name, value);
            }
        }
        return params;
    }
}
