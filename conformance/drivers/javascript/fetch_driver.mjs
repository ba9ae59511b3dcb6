// The script that everybody writes first in JavaScript: `fetch`, URLSearchParams, an HMAC, and no more.

import { createHmac } from 'node:crypto';
import { Unsupported, ask, byStatus, given, serve } from './rows.mjs';

const PREFIX = { spot: '/api/v3', usdm: '/fapi/v1', options: '/eapi/v1' };
const ACCOUNT = { spot: '/api/v3/account', usdm: '/fapi/v3/account', options: '/eapi/v1/marginAccount' };

class BinanceError extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

class Script {
  constructor(settings, clock) {
    Object.assign(this, { settings, clock });
  }

  async send(venue, method, path, params, signed) {
    const { key, recv_window_ms, timeout_ms, urls } = this.settings;
    const query = new URLSearchParams(params);
    if (signed) {
      if (recv_window_ms != null) query.set('recvWindow', recv_window_ms);
      query.set('timestamp', await this.clock.now());
      query.set('signature', createHmac('sha256', key?.secret ?? '').update(query.toString()).digest('hex'));
    }
    const answer = await fetch(`${urls[venue]}${path}?${query}`, {
      method,
      headers: key ? { 'X-MBX-APIKEY': key.api_key } : {},
      signal: AbortSignal.timeout(timeout_ms ?? 10_000),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    let said = {};
    try {
      said = JSON.parse(text);
    } catch {
      // A page of a proxy: its text is all there is.
    }
    throw new BinanceError(answer.status, said.code, said.msg ?? text);
  }
}

function publicCall(venue, op) {
  switch (op.op) {
    case 'server_time':
      return ['/time', {}];
    case 'exchange_info':
      return ['/exchangeInfo', op.symbols && venue === 'spot' ? { symbols: JSON.stringify(op.symbols) } : {}];
    case 'price':
      return [venue === 'options' ? '/ticker' : '/ticker/price', { symbol: op.symbol }];
    case 'klines':
      return ['/klines', {
        symbol: op.symbol, interval: op.interval, startTime: op.start_ms, endTime: op.end_ms, limit: op.limit,
      }];
    case 'market_trades':
      return ['/aggTrades', { symbol: op.symbol, startTime: op.start_ms, endTime: op.end_ms }];
    default:
      return null;
  }
}

function signedCall(venue, op) {
  const own = venue === 'options' ? 'clientOrderId' : 'origClientOrderId';
  const named = { symbol: op.symbol, orderId: op.order_id, [own]: op.client_order_id };
  switch (op.op) {
    case 'account':
      return ['GET', ACCOUNT[venue], {}];
    case 'test_order':
    case 'place_order':
      if (op.op === 'test_order' && venue === 'options') break;
      return ['POST', op.op === 'test_order' ? '/order/test' : '/order', {
        symbol: op.symbol, side: op.side, type: op.type, timeInForce: op.time_in_force, quantity: op.quantity,
        quoteOrderQty: op.quote_quantity, price: op.price, stopPrice: op.stop_price, reduceOnly: op.reduce_only,
        positionSide: op.position_side,
        [venue === 'options' ? 'clientOrderId' : 'newClientOrderId']: op.client_order_id,
      }];
    case 'cancel_order':
      return ['DELETE', '/order', named];
    case 'query_order':
      return ['GET', '/order', named];
    case 'cancel_all_orders':
      return ['DELETE', venue === 'spot' ? '/openOrders' : '/allOpenOrders', { symbol: op.symbol }];
    case 'open_orders':
      return ['GET', '/openOrders', { symbol: op.symbol }];
    case 'all_orders':
      return ['GET', venue === 'options' ? '/historyOrders' : '/allOrders', {
        symbol: op.symbol, orderId: op.from_id, startTime: op.start_ms, endTime: op.end_ms,
      }];
    case 'my_trades':
      return ['GET', venue === 'spot' ? '/myTrades' : '/userTrades', {
        symbol: op.symbol, fromId: op.from_id, startTime: op.start_ms, endTime: op.end_ms,
      }];
  }
  if (venue === 'usdm' && op.op === 'set_leverage')
    return ['POST', '/leverage', { symbol: op.symbol, leverage: op.leverage }];
  if (venue === 'usdm' && op.op === 'position_mode') return ['GET', '/positionSide/dual', {}];
  if (venue === 'usdm' && op.op === 'set_position_mode')
    return ['POST', '/positionSide/dual', { dualSidePosition: op.hedge }];
  if (venue === 'usdm' && op.op === 'positions') return ['GET', '/fapi/v3/positionRisk', { symbol: op.symbol }];
  throw new Unsupported(op.op);
}

function told(error) {
  if (error instanceof BinanceError) return byStatus(error.status, error.code, error.message);
  if (error.name === 'TimeoutError' || error.message === 'fetch failed' || error.message === 'terminated')
    return { outcome: 'network', message: `${error.message}: ${error.cause ?? ''}` };
  return null;
}

let script;
await serve({
  hello: () => ({
    client: 'fetch', version: process.versions.node, homepage: 'https://nodejs.org',
    capabilities: { venues: ['spot', 'usdm', 'options'], style: 'async', clock: 'kit' },
  }),
  configure: (settings, clock) => {
    script = new Script(settings, clock);
  },
  call: (venue, operation) =>
    ask(async () => {
      const open = publicCall(venue, operation);
      const [method, path, params] = open ? ['GET', ...open] : signedCall(venue, operation);
      const full = /^\/.api|^\/api/.test(path) ? path : PREFIX[venue] + path;
      return script.send(venue, method, full, given(params), !open);
    }, operation, told),
});
