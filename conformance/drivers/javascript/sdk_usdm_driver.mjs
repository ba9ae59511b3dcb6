// @binance/derivatives-trading-usds-futures: the official SDK for USDⓈ-M futures.

import { DerivativesTradingUsdsFutures } from '@binance/derivatives-trading-usds-futures';
import { Unsupported, ask, given, id, number, serve, versionOf } from './rows.mjs';
import { configuration, told, who } from './sdk.mjs';

const NAME = '@binance/derivatives-trading-usds-futures';
let api;
let recvWindow;

const order = (op, own = 'newClientOrderId') =>
  given({
    symbol: op.symbol, side: op.side, type: op.type, timeInForce: op.time_in_force, quantity: number(op.quantity),
    price: number(op.price), reduceOnly: op.reduce_only == null ? null : String(op.reduce_only),
    positionSide: op.position_side, [own]: op.client_order_id,
  });

function send(op) {
  const signed = (params) => given({ ...params, recvWindow });
  const span = { symbol: op.symbol, startTime: op.start_ms, endTime: op.end_ms };
  const named = { symbol: op.symbol, orderId: id(op.order_id), origClientOrderId: op.client_order_id };
  const algo = { algoId: id(op.order_id), clientAlgoId: op.client_order_id };
  switch (op.op) {
    case 'server_time': return api.checkServerTime();
    case 'exchange_info': return api.exchangeInformation();
    case 'price': return api.symbolPriceTicker({ symbol: op.symbol });
    case 'klines': return api.klineCandlestickData(given({ ...span, interval: op.interval, limit: op.limit }));
    case 'market_trades': return api.compressedAggregateTradesList(given(span));
    case 'account': return api.accountInformationV3(signed({}));
    case 'my_trades': return api.accountTradeList(signed({ ...span, fromId: id(op.from_id) }));
    case 'test_order': return api.testOrder(signed({ ...order(op), stopPrice: number(op.stop_price) }));
    case 'place_order':
      if (op.stop_price == null) return api.newOrder(signed(order(op)));
      return api.newAlgoOrder(
        signed({ ...order(op, 'clientAlgoId'), algoType: 'CONDITIONAL', triggerPrice: number(op.stop_price) }),
      );
    case 'place_orders': return api.placeMultipleOrders(signed({ batchOrders: op.orders.map((each) => order(each)) }));
    case 'cancel_order':
      return op.conditional ? api.cancelAlgoOrder(signed(algo)) : api.cancelOrder(signed(named));
    case 'cancel_all_orders': return api.cancelAllOpenOrders(signed({ symbol: op.symbol }));
    case 'query_order':
      return op.conditional ? api.queryAlgoOrder(signed(algo)) : api.queryOrder(signed(named));
    case 'open_orders': return api.currentAllOpenOrders(signed({ symbol: op.symbol }));
    case 'all_orders': return api.allOrders(signed({ ...span, orderId: id(op.from_id) }));
    case 'set_leverage': return api.changeInitialLeverage(signed({ symbol: op.symbol, leverage: op.leverage }));
    case 'position_mode': return api.getCurrentPositionMode(signed({}));
    case 'set_position_mode': return api.changePositionMode(signed({ dualSidePosition: String(op.hedge) }));
    case 'positions': return api.positionInformationV3(signed({ symbol: op.symbol }));
    default: throw new Unsupported(op.op);
  }
}

await serve({
  hello: () => who(NAME, versionOf(NAME), 'usdm'),
  configure: (settings) => {
    recvWindow = settings.recv_window_ms;
    api = new DerivativesTradingUsdsFutures({ configurationRestAPI: configuration(settings, 'usdm') }).restAPI;
  },
  call: (venue, operation) => ask(async () => (await send(operation)).data(), operation, told),
});
