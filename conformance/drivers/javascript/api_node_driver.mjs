// binance-api-node. It has no timeout, and its errors carry a code but no status.

import { createRequire } from 'node:module';
import { Unsupported, ask, byStatus, given, serve, versionOf } from './rows.mjs';

const require = createRequire(import.meta.url);
const Binance = require('binance-api-node').default;
const UNKNOWN = [-1000, -1001, -1006, -1007];
const PATIENCE_MS = 8000;
let client;
let recvWindow;

const order = (op) => ({
  symbol: op.symbol, side: op.side, type: op.type, timeInForce: op.time_in_force, quantity: op.quantity,
  quoteOrderQty: op.quote_quantity, price: op.price, stopPrice: op.stop_price, newClientOrderId: op.client_order_id,
  reduceOnly: op.reduce_only == null ? null : String(op.reduce_only), positionSide: op.position_side,
});

function send(venue, op) {
  const pick = (spot, futures) => client[venue === 'spot' ? spot : futures];
  const signed = (params) => given({ ...params, recvWindow });
  const span = { symbol: op.symbol, startTime: op.start_ms, endTime: op.end_ms };
  const named = signed(
    op.conditional && venue === 'usdm'
      ? { symbol: op.symbol, algoId: op.order_id, clientAlgoId: op.client_order_id }
      : { symbol: op.symbol, orderId: op.order_id, origClientOrderId: op.client_order_id },
  );
  switch (op.op) {
    case 'server_time': return pick('time', 'futuresTime')();
    case 'exchange_info': return pick('exchangeInfo', 'futuresExchangeInfo')();
    case 'price': return pick('prices', 'futuresPrices')({ symbol: op.symbol });
    case 'klines':
      return pick('candles', 'futuresCandles')(given({ ...span, interval: op.interval, limit: op.limit }));
    case 'market_trades': return pick('aggTrades', 'futuresAggTrades')(given(span));
    case 'account': return pick('accountInfo', 'futuresAccountInfo')(signed({}));
    case 'my_trades': return pick('myTrades', 'futuresUserTrades')(signed({ ...span, fromId: op.from_id }));
    case 'place_order': return pick('order', 'futuresOrder')(signed(order(op)));
    case 'cancel_order': return pick('cancelOrder', 'futuresCancelOrder')(named);
    case 'cancel_all_orders':
      return pick('cancelOpenOrders', 'futuresCancelAllOpenOrders')(signed({ symbol: op.symbol }));
    case 'query_order': return pick('getOrder', 'futuresGetOrder')(named);
    case 'open_orders': return pick('openOrders', 'futuresOpenOrders')(signed({ symbol: op.symbol }));
    case 'all_orders': return pick('allOrders', 'futuresAllOrders')(signed({ ...span, orderId: op.from_id }));
  }
  if (venue === 'spot' && op.op === 'test_order') return client.orderTest(signed(order(op)));
  if (venue === 'usdm') {
    switch (op.op) {
      case 'place_orders':
        return client.futuresBatchOrders(
          signed({ batchOrders: JSON.stringify(op.orders.map((each) => given(order(each)))) }),
        );
      case 'set_leverage': return client.futuresLeverage(signed({ symbol: op.symbol, leverage: op.leverage }));
      case 'position_mode': return client.futuresPositionMode(signed({}));
      case 'set_position_mode': return client.futuresPositionModeChange(signed({ dualSidePosition: String(op.hedge) }));
      case 'positions': return client.futuresPositionRisk(signed({ symbol: op.symbol }));
    }
  }
  throw new Unsupported(op.op);
}

/** Where its results are not Binance's rows, those rows again. */
function rowsOf(operation, told) {
  switch (operation.op) {
    case 'server_time': return { serverTime: told };
    case 'price': return { symbol: operation.symbol, price: told[operation.symbol] };
    case 'klines':
      return told.map((row) => [row.openTime, row.open, row.high, row.low, row.close, row.volume, row.closeTime]);
    case 'market_trades':
      return told.map((row) => ({ a: row.aggId, p: row.price, q: row.quantity, T: row.timestamp }));
    default: return told;
  }
}

function told(error) {
  if (error?.name === 'FetchError') return { outcome: 'network', message: error.message };
  if (!(error instanceof Error) || error instanceof TypeError) return null;
  if (error.response) return byStatus(error.response.status, undefined, error.message);
  const outcome = byStatus(undefined, error.code, error.message);
  if (UNKNOWN.includes(error.code)) return { ...outcome, outcome: 'unknown' };
  if (error.code === -1003) return { ...outcome, outcome: 'rate_limited' };
  return outcome;
}

/** Its caller may wait for ever; here it waits so long. */
const hung = () =>
  new Promise((resolve) => {
    const message = `no answer to its caller in ${PATIENCE_MS} ms`;
    setTimeout(() => resolve({ outcome: 'crash', message }), PATIENCE_MS).unref();
  });

await serve({
  hello: () => ({
    client: 'binance-api-node', version: versionOf('binance-api-node'), homepage: 'https://github.com/ccxt/binance-api-node',
    capabilities: {
      venues: ['spot', 'usdm'], key_types: ['hmac', 'rsa', 'ed25519'], style: 'async', promises: ['client-order-ids'],
    },
  }),
  configure: ({ key, urls, recv_window_ms, timeout_ms }) => {
    if (timeout_ms != null) throw new Error('it has no timeout to be set');
    recvWindow = recv_window_ms;
    const ws = urls.spot.replace(/^http/, 'ws');
    client = Binance(
      given({
        apiKey: key?.api_key, apiSecret: key?.secret, privateKey: key?.private_key,
        httpBase: urls.spot, httpFutures: urls.usdm, httpDelivery: urls.coinm, httpPortfolioMargin: urls.usdm,
        wsBase: `${ws}/ws`, wsFutures: `${ws}/ws`, wsDelivery: `${ws}/ws`, wsApi: `${ws}/ws-api/v3`,
      }),
    );
  },
  call: (venue, operation) =>
    Promise.race([
      ask(async () => rowsOf(operation, await send(venue, operation)), operation, told),
      hung(),
    ]),
});
