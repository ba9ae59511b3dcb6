package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// view gives what the client handed out in the kit's words. Its structs have Binance's names as JSON; numbers stay as
// they are written.
func view(op string, result any) any {
	if time, ok := result.(int64); ok {
		return object{"server_time_ms": time}
	}
	text, err := json.Marshal(result)
	if err != nil {
		panic(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var rows any
	if err := decoder.Decode(&rows); err != nil {
		panic(err)
	}
	one, _ := rows.(object)
	switch op {
	case "exchange_info":
		return all(one["symbols"], symbol)
	case "price":
		prices, _ := rows.([]any)
		if len(prices) == 0 {
			return rows
		}
		return pick(prices[0].(object), "symbol", "symbol", "price", "price")
	case "klines":
		return all(rows, func(row object) object {
			return pick(row, "openTime", "open_time_ms", "closeTime", "close_time_ms", "open", "open", "high", "high",
				"low", "low", "close", "close", "volume", "volume")
		})
	case "market_trades":
		return all(rows, func(row object) object {
			return pick(row, "a", "trade_id", "p", "price", "q", "quantity", "T", "time_ms")
		})
	case "my_trades":
		return all(rows, func(row object) object {
			return pick(row, "id", "trade_id", "orderId", "order_id", "price", "price", "qty", "quantity",
				"commission", "commission", "commissionAsset", "commission_asset", "time", "time_ms")
		})
	case "account":
		if one["balances"] != nil {
			return all(one["balances"], func(row object) object {
				return pick(row, "asset", "asset", "free", "free", "locked", "locked")
			})
		}
		return all(one["assets"], func(row object) object {
			return pick(row, "asset", "asset", "availableBalance", "free")
		})
	case "test_order", "cancel_all_orders", "set_position_mode":
		return nil
	case "open_orders", "all_orders":
		return all(rows, order)
	case "set_leverage":
		return pick(one, "symbol", "symbol", "leverage", "leverage")
	case "position_mode":
		return pick(one, "dualSidePosition", "hedge")
	case "positions":
		return all(rows, func(row object) object {
			return pick(row, "symbol", "symbol", "positionAmt", "quantity", "positionSide", "side", "entryPrice",
				"entry_price")
		})
	}
	return order(one)
}

func all(rows any, view func(object) object) any {
	list, _ := rows.([]any)
	made := make([]object, 0, len(list))
	for _, row := range list {
		made = append(made, view(row.(object)))
	}
	return made
}

// pick gives fields of a row under other names; ids become text. Of two fields for one name the first that is set counts.
func pick(row object, names ...string) object {
	made := object{}
	for at := 0; at < len(names); at += 2 {
		value, name := row[names[at]], names[at+1]
		if value == nil || value == "" || value == json.Number("0") && name == "time_ms" || made[name] != nil {
			continue
		}
		if len(name) > 3 && name[len(name)-3:] == "_id" {
			value = fmt.Sprint(value)
		}
		made[name] = value
	}
	return made
}

func order(row object) object {
	return pick(row, "orderId", "order_id", "origClientOrderId", "client_order_id", "clientOrderId", "client_order_id",
		"symbol", "symbol", "side", "side", "type", "type", "status", "status", "price", "price", "origQty", "quantity",
		"executedQty", "executed_quantity", "transactTime", "time_ms", "time", "time_ms", "updateTime", "time_ms")
}

func symbol(row object) object {
	made := pick(row, "symbol", "symbol", "status", "status")
	filters, _ := row["filters"].([]any)
	for _, each := range filters {
		filter := each.(object)
		switch filter["filterType"] {
		case "PRICE_FILTER":
			made["tick_size"] = filter["tickSize"]
		case "LOT_SIZE":
			made["step_size"], made["min_qty"] = filter["stepSize"], filter["minQty"]
		case "NOTIONAL":
			made["min_notional"] = filter["minNotional"]
		case "MIN_NOTIONAL":
			made["min_notional"] = filter["notional"]
		}
	}
	return made
}
