package main

import (
	"context"

	"github.com/adshao/go-binance/v2"
)

func onSpot(current clients, op operation) (any, error) {
	client, ctx := current.spot, context.Background()
	var options []binance.RequestOption
	if current.window != nil {
		options = append(options, binance.WithRecvWindow(*current.window))
	}
	switch op.Op {
	case "server_time":
		return client.NewServerTimeService().Do(ctx)
	case "exchange_info":
		service := client.NewExchangeInfoService()
		if op.Symbols != nil {
			service.Symbols(op.Symbols...)
		}
		return service.Do(ctx)
	case "price":
		return client.NewListPricesService().Symbol(op.Symbol).Do(ctx)
	case "klines":
		service := client.NewKlinesService().Symbol(op.Symbol).Interval(op.Interval)
		some(op.StartMs, func(ms int64) { service.StartTime(ms) })
		some(op.EndMs, func(ms int64) { service.EndTime(ms) })
		some(op.Limit, func(limit int) { service.Limit(limit) })
		return service.Do(ctx)
	case "market_trades":
		return client.NewAggTradesService().Symbol(op.Symbol).StartTime(op.StartMs).EndTime(op.EndMs).Do(ctx)
	case "account":
		return client.NewGetAccountService().Do(ctx, options...)
	case "my_trades":
		service := client.NewListTradesService().Symbol(op.Symbol)
		some(op.FromID, func(id int64) { service.FromID(id) })
		some(op.StartMs, func(ms int64) { service.StartTime(ms) })
		some(op.EndMs, func(ms int64) { service.EndTime(ms) })
		return service.Do(ctx, options...)
	case "test_order":
		return nil, spotOrder(client, op).Test(ctx, options...)
	case "place_order":
		return spotOrder(client, op).Do(ctx, options...)
	case "cancel_order":
		service := client.NewCancelOrderService().Symbol(op.Symbol)
		some(op.OrderID, func(id int64) { service.OrderID(id) })
		some(op.ClientOrderID, func(id string) { service.OrigClientOrderID(id) })
		return service.Do(ctx, options...)
	case "cancel_all_orders":
		return client.NewCancelOpenOrdersService().Symbol(op.Symbol).Do(ctx, options...)
	case "query_order":
		service := client.NewGetOrderService().Symbol(op.Symbol)
		some(op.OrderID, func(id int64) { service.OrderID(id) })
		some(op.ClientOrderID, func(id string) { service.OrigClientOrderID(id) })
		return service.Do(ctx, options...)
	case "open_orders":
		service := client.NewListOpenOrdersService()
		some(op.Symbol, func(symbol string) { service.Symbol(symbol) })
		return service.Do(ctx, options...)
	case "all_orders":
		service := client.NewListOrdersService().Symbol(op.Symbol)
		some(op.FromID, func(id int64) { service.OrderID(id) })
		some(op.StartMs, func(ms int64) { service.StartTime(ms) })
		some(op.EndMs, func(ms int64) { service.EndTime(ms) })
		return service.Do(ctx, options...)
	}
	return nil, errUnsupported
}

func spotOrder(client *binance.Client, op operation) *binance.CreateOrderService {
	service := client.NewCreateOrderService().Symbol(op.Symbol)
	service.Side(binance.SideType(op.Side)).Type(binance.OrderType(op.Type))
	some(op.TimeInForce, func(text string) { service.TimeInForce(binance.TimeInForceType(text)) })
	some(op.Quantity, func(text string) { service.Quantity(text) })
	some(op.QuoteQuantity, func(text string) { service.QuoteOrderQty(text) })
	some(op.Price, func(text string) { service.Price(text) })
	some(op.StopPrice, func(text string) { service.StopPrice(text) })
	some(op.ClientOrderID, func(text string) { service.NewClientOrderID(text) })
	return service
}

// some calls a setter with what was given.
func some[T comparable](value T, set func(T)) {
	var nothing T
	if value != nothing {
		set(value)
	}
}
