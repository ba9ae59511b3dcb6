//! binance-sdk: the official SDK in Rust, for spot and USDⓈ-M futures, behind the protocol.
//!
//! Its parameters and models are serde types: operations become parameters through JSON, models become rows again.

mod rows;

use anyhow::{anyhow, Result};
use binance_sdk::config::ConfigurationRestApi;
use binance_sdk::derivatives_trading_usds_futures::{rest_api as usdm, DerivativesTradingUsdsFuturesRestApi};
use binance_sdk::errors::ConnectorError;
use binance_sdk::spot::{rest_api as spot, SpotRestApi};
use rows::{given, id, outcome};
use serde_json::{from_value, json, to_value, Value};
use std::io::{stdin, stdout, BufRead, Write};
use std::time::{SystemTime, UNIX_EPOCH};

struct Clients {
    spot: spot::RestApi,
    usdm: usdm::RestApi,
    window: Value,
}

/// Calls a method with parameters that are made from JSON, and gives its model as JSON.
macro_rules! call {
    ($api:ident.$method:ident, $params:expr) => {
        to_value($api.$method(from_value($params)?).await?.data().await?)?
    };
}

fn configured(settings: &Value) -> Result<Clients> {
    let config = |venue: &str| -> Result<ConfigurationRestApi> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let mut made = ConfigurationRestApi::builder().base_path(text(&settings["urls"][venue]));
        if settings["key"].is_object() {
            made = made.api_key(text(&settings["key"]["api_key"])).api_secret(text(&settings["key"]["secret"]));
        }
        if let Some(ms) = settings["timeout_ms"].as_u64() {
            made = made.timeout(ms);
        }
        made.build().map_err(|error| anyhow!("{error}"))
    };
    Ok(Clients {
        spot: SpotRestApi::from_config(config("spot")?),
        usdm: DerivativesTradingUsdsFuturesRestApi::from_config(config("usdm")?),
        window: settings["recv_window_ms"].clone(),
    })
}

fn order(op: &Value, own: &str) -> Value {
    json!({
        "symbol": op["symbol"], "side": op["side"], "type": op["type"], "timeInForce": op["time_in_force"],
        "quantity": op["quantity"], "quoteOrderQty": op["quote_quantity"], "price": op["price"],
        "stopPrice": op["stop_price"], "positionSide": op["position_side"], own: op["client_order_id"],
        "reduceOnly": op["reduce_only"].as_bool().map(|given| given.to_string()),
    })
}

/// The operation done; None when the SDK has no such thing.
async fn done(clients: &Clients, venue: &str, op: &Value) -> Result<Option<Value>> {
    let signed = |mut params: Value| {
        params["recvWindow"] = clients.window.clone();
        given(params)
    };
    let symbol = json!({ "symbol": op["symbol"] });
    let span = |from: &str| {
        given(json!({
            "symbol": op["symbol"], "interval": op["interval"], "startTime": op["start_ms"], "endTime": op["end_ms"],
            "limit": op["limit"], from: id(&op["from_id"]),
        }))
    };
    let named = signed(json!({
        "symbol": op["symbol"], "orderId": id(&op["order_id"]), "origClientOrderId": op["client_order_id"],
    }));
    let name = op["op"].as_str().unwrap_or_default();
    Ok(Some(if venue == "spot" {
        let api = &clients.spot;
        match name {
            "server_time" => to_value(api.time().await?.data().await?)?,
            "exchange_info" => call!(api.exchange_info, given(json!({ "symbols": op["symbols"] }))),
            "price" => call!(api.ticker_price, symbol),
            "klines" => call!(api.klines, span("fromId")),
            "market_trades" => call!(api.agg_trades, span("fromId")),
            "account" => call!(api.get_account, signed(json!({}))),
            "my_trades" => call!(api.my_trades, signed(span("fromId"))),
            "test_order" => call!(api.order_test, signed(order(op, "newClientOrderId"))),
            "place_order" => call!(api.new_order, signed(order(op, "newClientOrderId"))),
            "cancel_order" => call!(api.delete_order, named),
            "cancel_all_orders" => call!(api.delete_open_orders, signed(symbol)),
            "query_order" => call!(api.get_order, named),
            "open_orders" => call!(api.get_open_orders, signed(symbol)),
            "all_orders" => call!(api.all_orders, signed(span("orderId"))),
            _ => return Ok(None),
        }
    } else {
        let api = &clients.usdm;
        let algo = signed(json!({ "algoId": id(&op["order_id"]), "clientAlgoId": op["client_order_id"] }));
        match name {
            "server_time" => to_value(api.check_server_time().await?.data().await?)?,
            "exchange_info" => to_value(api.exchange_information().await?.data().await?)?,
            "price" => call!(api.symbol_price_ticker_v2, symbol),
            "klines" => call!(api.kline_candlestick_data, span("fromId")),
            "market_trades" => call!(api.compressed_aggregate_trades_list, span("fromId")),
            "account" => call!(api.account_information_v3, signed(json!({}))),
            "my_trades" => call!(api.account_trade_list, signed(span("fromId"))),
            "test_order" => call!(api.test_order, signed(order(op, "newClientOrderId"))),
            "place_order" if op["stop_price"].is_null() => call!(api.new_order, signed(order(op, "newClientOrderId"))),
            "place_order" => {
                let mut params = order(op, "clientAlgoId");
                params["algoType"] = json!("CONDITIONAL");
                params["triggerPrice"] = params["stopPrice"].take();
                call!(api.new_algo_order, signed(params))
            }
            "place_orders" => {
                let legs = op["orders"].as_array().into_iter().flatten();
                let legs: Vec<Value> = legs.map(|each| given(order(each, "newClientOrderId"))).collect();
                call!(api.place_multiple_orders, signed(json!({ "batchOrders": legs })))
            }
            "cancel_order" if op["conditional"] == true => call!(api.cancel_algo_order, algo),
            "query_order" if op["conditional"] == true => call!(api.query_algo_order, algo),
            "cancel_order" => call!(api.cancel_order, named),
            "cancel_all_orders" => call!(api.cancel_all_open_orders, signed(symbol)),
            "query_order" => call!(api.query_order, named),
            "open_orders" => call!(api.current_all_open_orders, signed(symbol)),
            "all_orders" => call!(api.all_orders, signed(span("orderId"))),
            "set_leverage" => {
                call!(api.change_initial_leverage, signed(json!({ "symbol": op["symbol"], "leverage": op["leverage"] })))
            }
            "position_mode" => call!(api.get_current_position_mode, signed(json!({}))),
            "set_position_mode" => {
                call!(api.change_position_mode, signed(json!({ "dualSidePosition": op["hedge"].to_string() })))
            }
            "positions" => call!(api.position_information_v3, signed(symbol)),
            _ => return Ok(None),
        }
    }))
}

/// What an error tells: its variant stands for the HTTP status. What is none of the SDK's own is a crash.
fn told(error: &anyhow::Error) -> Value {
    use ConnectorError::*;
    let message = error.to_string();
    let until = |seconds: &Option<u32>| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        seconds.map(|seconds| now + u64::from(seconds) * 1000)
    };
    match error.downcast_ref::<ConnectorError>() {
        Some(RateLimitBanError { code, retry_after, .. }) => outcome("banned", *code, Some(418), message, until(retry_after)),
        Some(TooManyRequestsError { code, retry_after, .. }) => {
            outcome("rate_limited", *code, Some(429), message, until(retry_after))
        }
        Some(ServerError { status_code, .. }) => outcome("unknown", None, *status_code, message, None),
        Some(NetworkError(_)) => outcome("network", None, None, message, None),
        Some(ConnectorClientError { msg, code: None }) if msg.starts_with("HTTP request failed") => {
            outcome("network", None, None, message, None)
        }
        Some(ConnectorClientError { code: None, .. }) => outcome("unknown", None, None, message, None),
        Some(ConnectorClientError { code, .. }) => outcome(refused(*code), *code, None, message, None),
        Some(BadRequestError { code, .. }) => outcome(refused(*code), *code, Some(400), message, None),
        Some(UnauthorizedError { code, .. }) => outcome("refused", *code, Some(401), message, None),
        Some(ForbiddenError { code, .. }) => outcome("refused", *code, Some(403), message, None),
        Some(NotFoundError { code, .. }) => outcome("refused", *code, Some(404), message, None),
        None if error.is::<serde_json::Error>() => outcome("refused", None, None, message, None),
        None => outcome("crash", None, None, message, None),
    }
}

fn refused(code: Option<i64>) -> &'static str {
    if matches!(code, Some(-1006 | -1007)) { "unknown" } else { "refused" }
}

fn hello() -> Value {
    json!({
        "protocol": 1, "client": "binance-sdk", "version": "77.2.0", "language": "rust",
        "homepage": "https://github.com/binance/binance-connector-rust",
        "capabilities": {
            "venues": ["spot", "usdm"], "style": "async", "promises": ["retries"], "url_paths": false,
        },
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut clients: Option<Clients> = None;
    for line in stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let answer = match command["cmd"].as_str() {
            Some("hello") => hello(),
            Some("configure") => match configured(&command) {
                Ok(made) => {
                    clients = Some(made);
                    json!({ "ok": true })
                }
                Err(error) => json!({ "ok": false, "error": error.to_string() }),
            },
            Some("call") => {
                let venue = command["venue"].as_str().unwrap_or_default();
                let op = &command["operation"];
                match done(clients.as_ref().ok_or_else(|| anyhow!("configure first"))?, venue, op).await {
                    Ok(Some(rows)) => json!({ "outcome": "accepted", "result": rows::view(op, rows) }),
                    Ok(None) => json!({ "outcome": "unsupported" }),
                    Err(error) => told(&error),
                }
            }
            _ => json!({ "ok": true }),
        };
        println!("{answer}");
        stdout().flush()?;
        if command["cmd"] == "bye" {
            break;
        }
    }
    Ok(())
}
