// A driver in a hundred lines: a small client for spot on `fetch`, and its way to the conformance kit. Needs Node alone.
//
//     binance-mock driver-smoke -- node conformance/drivers/javascript/example.mjs
//
// In a driver of your own, `Client` is imported; the rest is what you write. docs/drivers.md says what the lines mean.

import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";

class ApiError extends Error {
  constructor(status, body) {
    super(body.msg ?? `HTTP ${status}`);
    Object.assign(this, { status, code: body.code });
  }
}

// The client under test.
class Client {
  constructor(url, apiKey, secret) {
    Object.assign(this, { url, apiKey, secret });
  }

  async request(method, path, params = {}, signed = false) {
    const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
    if (signed) given.push(["timestamp", Date.now()]);
    let query = given.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
    if (signed) query += `&signature=${createHmac("sha256", this.secret).update(query).digest("hex")}`;
    const answer = await fetch(`${this.url}${path}?${query}`, {
      method,
      headers: signed ? { "X-MBX-APIKEY": this.apiKey } : {},
      redirect: "manual",
    });
    const text = await answer.text();
    let body = null;
    try {
      body = JSON.parse(text);
    } catch {
      if (answer.ok) throw new ApiError(answer.status, { msg: "the answer is no JSON" });
    }
    if (!answer.ok) throw new ApiError(answer.status, body ?? {});
    return body;
  }
}

// Carry out an operation by the client's own calls; its result in the kit's words.
async function perform(client, wanted) {
  const { symbol, side, type, quantity, price } = wanted;
  const byId = { symbol, orderId: wanted.order_id, origClientOrderId: wanted.client_order_id };
  switch (wanted.op) {
    case "server_time":
      return { server_time_ms: (await client.request("GET", "/api/v3/time")).serverTime };
    case "price":
      return client.request("GET", "/api/v3/ticker/price", { symbol });
    case "account":
      return (await client.request("GET", "/api/v3/account", {}, true)).balances;
    case "place_order": {
      const names = { timeInForce: wanted.time_in_force, newClientOrderId: wanted.client_order_id };
      return order(await client.request("POST", "/api/v3/order", { symbol, side, type, quantity, price, ...names }, true));
    }
    case "query_order":
      return order(await client.request("GET", "/api/v3/order", byId, true));
    case "cancel_order":
      return order(await client.request("DELETE", "/api/v3/order", byId, true));
    default:
      return undefined;
  }
}

// An order in the kit's words; numbers of orders are text.
const order = (row) => ({
  order_id: String(row.orderId),
  client_order_id: row.origClientOrderId ?? row.clientOrderId,
  status: row.status,
  price: row.price,
  quantity: row.origQty,
  executed_quantity: row.executedQty,
});

// What the client tells its caller: a result, or an error, by what the caller can see of it.
async function told(client, operation) {
  try {
    const result = await perform(client, operation);
    return result === undefined ? { outcome: "unsupported" } : { outcome: "accepted", result };
  } catch (error) {
    if (error instanceof ApiError) {
      const { status, code, message } = error;
      const open = status >= 500 || status === 200 ? "unknown" : "refused";
      return { outcome: { 429: "rate_limited", 418: "banned" }[status] ?? open, status, code, message };
    }
    const failed = error instanceof TypeError && error.message === "fetch failed";
    return { outcome: failed ? "network" : "crash", message: `${error.name}: ${error.cause ?? error.message}` };
  }
}

let client = null;
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer = { ok: true };
  if (command.cmd === "hello") {
    const capabilities = { venues: ["spot"], key_types: ["hmac"], style: "async" };
    answer = { protocol: 1, client: "example", version: "1.0", language: "javascript", capabilities };
  } else if (command.cmd === "configure") {
    client = new Client(command.urls.spot, command.key?.api_key, command.key?.secret);
  } else if (command.cmd === "call") {
    answer = await told(client, command.operation);
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (command.cmd === "bye") process.exit(0);
}
