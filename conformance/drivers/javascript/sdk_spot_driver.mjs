// @binance/spot: the official SDK for spot.

import { Spot } from '@binance/spot';
import { Unsupported, ask, given, id, number, serve, versionOf } from './rows.mjs';
import { configuration, told, who } from './sdk.mjs';

let api;
let recvWindow;

const order = (op) => ({
  symbol: op.symbol, side: op.side, type: op.type, timeInForce: op.time_in_force, quantity: number(op.quantity),
  quoteOrderQty: number(op.quote_quantity), price: number(op.price), stopPrice: number(op.stop_price),
  newClientOrderId: op.client_order_id,
});

function send(op) {
  const signed = (params) => given({ ...params, recvWindow });
  const span = { symbol: op.symbol, startTime: op.start_ms, endTime: op.end_ms };
  const named = { symbol: op.symbol, orderId: id(op.order_id), origClientOrderId: op.client_order_id };
  switch (op.op) {
    case 'server_time': return api.time();
    case 'exchange_info': return api.exchangeInfo(given({ symbols: op.symbols }));
    case 'price': return api.tickerPrice({ symbol: op.symbol });
    case 'klines': return api.klines(given({ ...span, interval: op.interval, limit: op.limit }));
    case 'market_trades': return api.aggTrades(given(span));
    case 'account': return api.getAccount(signed({}));
    case 'my_trades': return api.myTrades(signed({ ...span, fromId: id(op.from_id) }));
    case 'test_order': return api.orderTest(signed(order(op)));
    case 'place_order': return api.newOrder(signed(order(op)));
    case 'cancel_order': return api.deleteOrder(signed(named));
    case 'cancel_all_orders': return api.deleteOpenOrders(signed({ symbol: op.symbol }));
    case 'query_order': return api.getOrder(signed(named));
    case 'open_orders': return api.getOpenOrders(signed({ symbol: op.symbol }));
    case 'all_orders': return api.allOrders(signed({ ...span, orderId: id(op.from_id) }));
    default: throw new Unsupported(op.op);
  }
}

await serve({
  hello: () => who('@binance/spot', versionOf('@binance/spot'), 'spot'),
  configure: (settings) => {
    recvWindow = settings.recv_window_ms;
    api = new Spot({ configurationRestAPI: configuration(settings, 'spot') }).restAPI;
  },
  call: (venue, operation) => ask(async () => (await send(operation)).data(), operation, told),
});
