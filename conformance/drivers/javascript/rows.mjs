// The driver's end of the protocol for clients in JavaScript, and Binance's own JSON in the kit's words.
// A driver gives `serve` an object with hello(), configure(settings, clock) and call(venue, operation).

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export class Unsupported extends Error {}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const out = process.stdout;
console.log = console.info = console.debug = console.warn = console.error;

const write = (message) =>
  out.write(JSON.stringify(message, (_, value) => (typeof value === 'bigint' ? Number(value) : value)) + '\n');
const read = async () => {
  const line = await lines.next();
  return line.done ? null : JSON.parse(line.value);
};
const askKit = async (event) => {
  write(event);
  return (await read()).now_ms;
};
const clock = { now: () => askKit({ event: 'time' }), sleep: (seconds) => askKit({ event: 'sleep', seconds }) };

/** Answer the kit's lines until it says bye, or is gone. */
export async function serve(driver) {
  for (let command = await read(); command !== null; command = await read()) {
    if (command.cmd === 'hello') write({ protocol: 1, language: 'javascript', ...driver.hello() });
    else if (command.cmd === 'configure') {
      try {
        await driver.configure(command, clock);
        write({ ok: true });
      } catch (error) {
        write({ ok: false, error: String(error) });
      }
    } else if (command.cmd === 'call') write(await driver.call(command.venue, command.operation));
    else {
      write({ ok: true });
      break;
    }
  }
  process.exit(0);
}

/**
 * Let a client work, and say what it told its caller. `told` makes an outcome of an error of the client, or null of one
 * that is not its own. What comes back without Binance's rows in it is handed on as it is.
 */
export async function ask(work, operation, told, translate = view) {
  let rows;
  try {
    rows = await work();
  } catch (error) {
    if (error instanceof Unsupported) return { outcome: 'unsupported' };
    return told(error) ?? { outcome: 'crash', message: `${error?.name}: ${error?.message ?? JSON.stringify(error)}` };
  }
  try {
    return { outcome: 'accepted', result: translate(operation, rows) };
  } catch {
    return { outcome: 'accepted', result: rows ?? null };
  }
}

/** What a client tells that tells its caller the HTTP status, and Binance's code where there was one. */
export function byStatus(status, code, message) {
  const unknown = code === -1006 || code === -1007 || /execution status unknown/i.test(message);
  let outcome = 'refused';
  if (unknown || status >= 500) outcome = 'unknown';
  else if (status === 418) outcome = 'banned';
  else if (status === 429) outcome = 'rate_limited';
  return { outcome, code: code ?? null, status: status ?? null, message: String(message).slice(0, 500) };
}

/** The version of an installed package. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** The values that are neither null nor undefined. */
export const given = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value != null));

/** A number for a client that takes numbers. */
export const number = (text) => (text == null ? text : Number(text));

/** An id for a client that takes numbers: a BigInt where a number is too small. */
export const id = (text) => (text == null ? text : Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text));

const text = (value) => (value == null ? null : String(value));

/** Binance's answer to an operation, as the operation's result. Throws when it is something else. */
export function view(operation, rows) {
  switch (operation.op) {
    case 'server_time':
      return { server_time_ms: need(rows.serverTime) };
    case 'exchange_info':
      return (rows.symbols ?? rows.optionSymbols).map(symbol);
    case 'price': {
      const row = Array.isArray(rows) ? rows[0] : rows;
      return { symbol: row.symbol ?? operation.symbol, price: need(text(row.price ?? row.lastPrice)) };
    }
    case 'klines':
      return rows.map(([open_time_ms, open, high, low, close, volume, close_time_ms]) => ({
        open_time_ms, close_time_ms, open, high, low, close, volume,
      }));
    case 'market_trades':
      return rows.map((row) => ({ trade_id: String(need(row.a)), price: row.p, quantity: row.q, time_ms: row.T }));
    case 'my_trades':
      return rows.map(trade);
    case 'account':
      return (rows.balances ?? rows.assets ?? rows.asset).map((row) => ({
        asset: row.asset, free: String(row.free ?? row.availableBalance ?? row.available), locked: row.locked ?? null,
      }));
    case 'test_order':
    case 'cancel_all_orders':
    case 'set_position_mode':
      return null;
    case 'place_orders':
      return rows.map((row) => (row.orderId != null ? { order: order(row) } : { code: row.code, message: row.msg ?? '' }));
    case 'place_order':
    case 'cancel_order':
    case 'query_order':
      return order(rows);
    case 'open_orders':
    case 'all_orders':
      return rows.map(order);
    case 'set_leverage':
      return { symbol: rows.symbol, leverage: rows.leverage };
    case 'position_mode':
      return { hedge: need(rows.dualSidePosition) };
    case 'positions':
      return rows.map((row) => ({
        symbol: row.symbol, quantity: String(need(row.positionAmt ?? row.quantity)),
        side: row.positionSide ?? row.side ?? null, entry_price: text(row.entryPrice),
      }));
    default:
      throw new Unsupported(operation.op);
  }
}

export function symbol(row) {
  const filters = Object.fromEntries((row.filters ?? []).map((each) => [each.filterType, each]));
  const notional = filters.NOTIONAL ?? filters.MIN_NOTIONAL;
  return {
    symbol: row.symbol, status: row.status ?? null, tick_size: filters.PRICE_FILTER?.tickSize ?? null,
    step_size: filters.LOT_SIZE?.stepSize ?? null, min_qty: filters.LOT_SIZE?.minQty ?? null,
    min_notional: notional?.minNotional ?? notional?.notional ?? null,
  };
}

function order(row) {
  return {
    order_id: String(need(row.orderId ?? row.algoId)),
    client_order_id: row.origClientOrderId || row.clientOrderId || row.clientAlgoId || null,
    symbol: row.symbol ?? null, side: row.side ?? null,
    type: row.type ?? row.orderType ?? null, status: row.status ?? row.algoStatus ?? null,
    price: text(row.price), quantity: text(row.origQty ?? row.quantity), executed_quantity: text(row.executedQty),
    time_ms: row.transactTime ?? row.time ?? row.createTime ?? row.updateTime ?? null,
  };
}

function trade(row) {
  return {
    trade_id: String(need(row.id ?? row.tradeId)), order_id: text(row.orderId), price: row.price,
    quantity: text(row.qty ?? row.quantity), commission: text(row.commission ?? row.fee),
    commission_asset: row.commissionAsset ?? null, time_ms: row.time,
  };
}

function need(value) {
  if (value == null) throw new TypeError('a value that must be there is not');
  return value;
}
