// ccxt: one interface for many exchanges. Its results are its own, not Binance's rows.

import ccxt from 'ccxt';
import { Unsupported, ask, given, number, serve, symbol as symbolView } from './rows.mjs';

const TYPES = { spot: ['spot', 'spot'], usdm: ['linear', 'future'], options: ['option', 'option'] };
const PARTS = { '/fapi': 'usdm', '/dapi': 'coinm', '/eapi': 'options', '/sapi': 'sapi' };

let settings;
let made;

/** All its addresses, here: one that is left out would lead to the live exchange. */
function here(urls) {
  return Object.fromEntries(
    Object.entries(urls).map(([name, url]) => {
      if (typeof url !== 'string') return [name, here(url)];
      const part = Object.entries(PARTS).find(([path]) => url.includes(path))?.[1] ?? 'spot';
      const base = url.startsWith('http') ? settings.urls[part] : settings.urls[part].replace(/^http/, 'ws');
      return [name, url.replace(/^\w+:\/\/[^/]+/, base)];
    }),
  );
}

async function exchange(venue) {
  if (!made[venue]) {
    const [kind, defaultType] = TYPES[venue];
    const { key, recv_window_ms: recvWindow, timeout_ms: timeout } = settings;
    const options = given({
      defaultType, fetchCurrencies: false, fetchMargins: false, fetchMarkets: { types: [kind] },
      warnOnFetchOpenOrdersWithoutSymbol: false, recvWindow,
    });
    const ex = new ccxt.binance({ options, ...given({ timeout }) });
    if (key) Object.assign(ex, { apiKey: key.api_key, secret: key.secret ?? key.private_key });
    ex.urls.api = here(ex.urls.api);
    await ex.loadMarkets();
    made[venue] = ex;
  }
  return made[venue];
}

function order(op) {
  const limit = op.stop_price != null ? op.type.includes('LIMIT') || op.price != null : op.type === 'LIMIT_MAKER';
  const kind = limit ? 'limit' : op.stop_price != null ? 'market' : op.type.toLowerCase();
  const trigger = op.type.includes('TAKE_PROFIT') ? 'takeProfitPrice' : 'stopLossPrice';
  return [kind, op.side.toLowerCase(), number(op.quantity), number(op.price), given({
    clientOrderId: op.client_order_id, timeInForce: op.time_in_force, cost: number(op.quote_quantity),
    reduceOnly: op.reduce_only, positionSide: op.position_side, [trigger]: number(op.stop_price),
    postOnly: op.type === 'LIMIT_MAKER' ? true : null, test: op.op === 'test_order' ? true : null,
  })];
}

function send(ex, op) {
  const symbol = op.symbol && ex.safeMarket(op.symbol, undefined, undefined, ex.options.defaultType).symbol;
  const own = given({ clientOrderId: op.client_order_id, trigger: op.conditional });
  const { start_ms: start, end_ms: until } = op;
  switch (op.op) {
    case 'server_time': return ex.fetchTime();
    case 'exchange_info': return ex.fetchMarkets();
    case 'price': return ex.fetchTicker(symbol);
    case 'klines': return ex.fetchOHLCV(symbol, op.interval, start, op.limit, given({ until }));
    case 'market_trades': return ex.fetchTrades(symbol, start, undefined, { until });
    case 'account':
      if (ex.options.defaultType === 'option') break; // It knows no balance of options.
      return ex.fetchBalance();
    case 'my_trades': return ex.fetchMyTrades(symbol, start, undefined, given({ fromId: op.from_id, until }));
    case 'fit_order':
      return given({
        price: op.price && ex.priceToPrecision(symbol, Number(op.price)),
        quantity: op.quantity && ex.amountToPrecision(symbol, Number(op.quantity)),
      });
    case 'set_leverage': return ex.setLeverage(op.leverage, symbol);
    case 'position_mode': return ex.fetchPositionMode();
    case 'set_position_mode': return ex.setPositionMode(op.hedge);
    case 'positions': return ex.fetchPositions(symbol && [symbol]);
    case 'test_order':
    case 'place_order': {
      const [kind, side, amount, price, params] = order(op);
      return ex.createOrder(symbol, kind, side, amount, price, params);
    }
    case 'cancel_order': return ex.cancelOrder(op.order_id, symbol, own);
    case 'cancel_all_orders': return ex.cancelAllOrders(symbol);
    case 'query_order': return ex.fetchOrder(op.order_id, symbol, own);
    case 'open_orders': return ex.fetchOpenOrders(symbol);
    case 'all_orders': return ex.fetchOrders(symbol, start, undefined, given({ orderId: op.from_id, until }));
  }
  throw new Unsupported(op.op);
}

/** A number as decimals. */
const text = (value) => {
  if (value == null) return null;
  return /e-/.test(String(value)) ? value.toFixed(18).replace(/0+$/, '') : String(value);
};

const orderView = (told) => ({
  order_id: told.id ?? null, client_order_id: told.clientOrderId ?? null, symbol: told.info.symbol ?? null,
  side: told.side?.toUpperCase() ?? null, type: told.info.type ?? null, status: told.info.status ?? null,
  price: text(told.price), quantity: text(told.amount), executed_quantity: text(told.filled),
  time_ms: told.timestamp ?? null,
});

function view(op, told) {
  switch (op.op) {
    case 'server_time': return { server_time_ms: told };
    case 'exchange_info':
      return told.map((each) => symbolView(each.info)).filter((each) => !op.symbols || op.symbols.includes(each.symbol));
    case 'price': return { symbol: op.symbol, price: text(told.last) };
    case 'klines':
      return told.map(([time, ...rest]) => {
        const [open, high, low, close, volume] = rest.map(text);
        return { open_time_ms: time, open, high, low, close, volume };
      });
    case 'market_trades':
    case 'my_trades':
      return told.map((each) => ({
        trade_id: each.id, order_id: each.order ?? null, price: text(each.price), quantity: text(each.amount),
        commission: text(each.fee?.cost), commission_asset: each.fee?.currency ?? null, time_ms: each.timestamp,
      }));
    case 'account':
      return Object.keys(told.free).map((asset) => ({
        asset, free: text(told.free[asset]), locked: text(told.used[asset]),
      }));
    case 'fit_order': return told;
    case 'set_leverage': return { symbol: told.symbol, leverage: Number(told.leverage) };
    case 'position_mode': return { hedge: told.hedged };
    case 'positions':
      return told.map(({ info }) => ({
        symbol: info.symbol, quantity: info.positionAmt ?? info.quantity, side: info.positionSide ?? info.side,
        entry_price: info.entryPrice ?? null,
      }));
    case 'open_orders':
    case 'all_orders': return told.map(orderView);
    case 'test_order':
    case 'cancel_all_orders':
    case 'set_position_mode': return null;
    default: return orderView(told);
  }
}

/** Its types are its word. 429 and 418 are one type; status and code stand in the text alone. */
function told(error) {
  if (!(error instanceof ccxt.BaseError)) return null;
  const message = String(error.message).slice(0, 500);
  const found = (pattern) => Number(pattern.exec(message)?.[1]) || null;
  let outcome = 'refused';
  if (error instanceof ccxt.DDoSProtection || error instanceof ccxt.RateLimitExceeded) outcome = 'rate_limited';
  else if (error instanceof ccxt.InvalidNonce) outcome = 'refused';
  else if (error instanceof ccxt.RequestTimeout) outcome = 'unknown';
  else if (error instanceof ccxt.NetworkError) outcome = 'network';
  else if (error instanceof ccxt.OperationFailed) outcome = 'unknown';
  const [code, status] = [found(/"code"\s*:\s*(-?\d+)/), found(/(?:^binance|[^ ]+:\/\/[^ ]+) (\d{3}) /)];
  return { outcome, code, status, message };
}

await serve({
  hello: () => ({
    client: 'ccxt', version: ccxt.version, homepage: 'https://github.com/ccxt/ccxt',
    capabilities: {
      venues: ['spot', 'usdm', 'options'], key_types: ['hmac', 'rsa', 'ed25519'], style: 'async',
      promises: ['filters', 'client-order-ids'],
    },
  }),
  configure: (command) => {
    settings = command;
    made = {};
  },
  call: (venue, operation) => ask(async () => send(await exchange(venue), operation), operation, told, view),
});
