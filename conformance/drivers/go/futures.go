package main

import (
	"context"

	"github.com/adshao/go-binance/v2/futures"
)

func onFutures(current clients, op operation) (any, error) {
	client, ctx := current.usdm, context.Background()
	var options []futures.RequestOption
	if current.window != nil {
		options = append(options, futures.WithRecvWindow(*current.window))
	}
	switch op.Op {
	case "server_time":
		return client.NewServerTimeService().Do(ctx)
	case "exchange_info":
		return client.NewExchangeInfoService().Do(ctx)
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
		return client.NewGetAccountV3Service().Do(ctx, options...)
	case "my_trades":
		service := client.NewListAccountTradeService().Symbol(op.Symbol)
		some(op.FromID, func(id int64) { service.FromID(id) })
		some(op.StartMs, func(ms int64) { service.StartTime(ms) })
		some(op.EndMs, func(ms int64) { service.EndTime(ms) })
		return service.Do(ctx, options...)
	case "place_order":
		return futuresOrder(client, op).Do(ctx, options...)
	case "cancel_order":
		service := client.NewCancelOrderService().Symbol(op.Symbol)
		some(op.OrderID, func(id int64) { service.OrderID(id) })
		some(op.ClientOrderID, func(id string) { service.OrigClientOrderID(id) })
		return service.Do(ctx, options...)
	case "cancel_all_orders":
		return nil, client.NewCancelAllOpenOrdersService().Symbol(op.Symbol).Do(ctx, options...)
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
	case "set_leverage":
		return client.NewChangeLeverageService().Symbol(op.Symbol).Leverage(op.Leverage).Do(ctx, options...)
	case "position_mode":
		return client.NewGetPositionModeService().Do(ctx, options...)
	case "set_position_mode":
		return nil, client.NewChangePositionModeService().DualSide(op.Hedge).Do(ctx, options...)
	case "positions":
		service := client.NewGetPositionRiskV3Service()
		some(op.Symbol, func(symbol string) { service.Symbol(symbol) })
		return service.Do(ctx, options...)
	}
	return nil, errUnsupported
}

func futuresOrder(client *futures.Client, op operation) *futures.CreateOrderService {
	service := client.NewCreateOrderService().Symbol(op.Symbol)
	service.Side(futures.SideType(op.Side)).Type(futures.OrderType(op.Type))
	some(op.TimeInForce, func(text string) { service.TimeInForce(futures.TimeInForceType(text)) })
	some(op.PositionSide, func(text string) { service.PositionSide(futures.PositionSideType(text)) })
	some(op.Quantity, func(text string) { service.Quantity(text) })
	some(op.Price, func(text string) { service.Price(text) })
	some(op.StopPrice, func(text string) { service.StopPrice(text) })
	some(op.ClientOrderID, func(text string) { service.NewClientOrderID(text) })
	if op.ReduceOnly != nil {
		service.ReduceOnly(*op.ReduceOnly)
	}
	return service
}
