// go-binance: the most used client in Go, for spot and USDⓈ-M futures, behind the protocol.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/adshao/go-binance/v2"
	"github.com/adshao/go-binance/v2/common"
	"github.com/adshao/go-binance/v2/futures"
)

type object = map[string]any

type command struct {
	Cmd       string            `json:"cmd"`
	URLs      map[string]string `json:"urls"`
	Key       *key              `json:"key"`
	Window    *int64            `json:"recv_window_ms"`
	TimeoutMs *int64            `json:"timeout_ms"`
	Venue     string            `json:"venue"`
	Operation operation         `json:"operation"`
}

type key struct {
	Type       string `json:"type"`
	APIKey     string `json:"api_key"`
	Secret     string `json:"secret"`
	PrivateKey string `json:"private_key"`
}

type operation struct {
	Op            string      `json:"op"`
	Symbol        string      `json:"symbol"`
	Symbols       []string    `json:"symbols"`
	Interval      string      `json:"interval"`
	StartMs       int64       `json:"start_ms"`
	EndMs         int64       `json:"end_ms"`
	Limit         int         `json:"limit"`
	FromID        int64       `json:"from_id,string"`
	OrderID       int64       `json:"order_id,string"`
	ClientOrderID string      `json:"client_order_id"`
	Side          string      `json:"side"`
	Type          string      `json:"type"`
	Quantity      string      `json:"quantity"`
	QuoteQuantity string      `json:"quote_quantity"`
	Price         string      `json:"price"`
	TimeInForce   string      `json:"time_in_force"`
	StopPrice     string      `json:"stop_price"`
	ReduceOnly    *bool       `json:"reduce_only"`
	PositionSide  string      `json:"position_side"`
	Leverage      int         `json:"leverage"`
	Hedge         bool        `json:"hedge"`
	Orders        []operation `json:"orders"`
}

var errUnsupported = errors.New("unsupported")

type clients struct {
	spot   *binance.Client
	usdm   *futures.Client
	window *int64
}

func configured(settings command) clients {
	made := clients{binance.NewClient("", ""), futures.NewClient("", ""), settings.Window}
	made.spot.BaseURL, made.usdm.BaseURL = settings.URLs["spot"], settings.URLs["usdm"]
	if k := settings.Key; k != nil {
		kinds := map[string]string{"hmac": common.KeyTypeHmac, "rsa": common.KeyTypeRsa, "ed25519": common.KeyTypeEd25519}
		secret := k.Secret + k.PrivateKey
		made.spot.APIKey, made.spot.SecretKey, made.spot.KeyType = k.APIKey, secret, kinds[k.Type]
		made.usdm.APIKey, made.usdm.SecretKey, made.usdm.KeyType = k.APIKey, secret, kinds[k.Type]
	}
	caller := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	if settings.TimeoutMs != nil {
		caller.Timeout = time.Duration(*settings.TimeoutMs) * time.Millisecond
	}
	made.spot.HTTPClient, made.usdm.HTTPClient = caller, caller
	return made
}

// told says what an error tells: it has a code and the exchange's words, but no status. An error that is no API error
// and no failed connection, such as one of the JSON decoder, is a crash.
func told(err error) object {
	outcome := object{"outcome": "crash", "message": err.Error()}
	var refusal *common.APIError
	var failed *url.Error
	var network net.Error
	switch {
	case errors.Is(err, errUnsupported):
		outcome["outcome"] = "unsupported"
	case errors.As(err, &refusal) && !refusal.IsValid():
		outcome["outcome"] = "unknown"
	case errors.As(err, &refusal):
		outcome["outcome"], outcome["code"] = "refused", refusal.Code
		switch refusal.Code {
		case -1000, -1001, -1006, -1007:
			outcome["outcome"] = "unknown"
		case -1003:
			outcome["outcome"] = "rate_limited"
		}
	case errors.As(err, &failed), errors.As(err, &network), strings.Contains(err.Error(), "unexpected EOF"):
		outcome["outcome"] = "network"
	}
	return outcome
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := os.Stdout
	os.Stdout = os.Stderr
	var current clients
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var given command
		var answer object
		if err := json.Unmarshal(line, &given); err != nil {
			panic(err)
		}
		switch given.Cmd {
		case "hello":
			answer = object{
				"protocol": 1, "client": "go-binance", "version": "2.8.7", "language": "go",
				"homepage": "https://github.com/adshao/go-binance",
				"capabilities": object{
					"venues": []string{"spot", "usdm"}, "key_types": []string{"hmac", "rsa", "ed25519"},
					"promises": []string{"client-order-ids"},
				},
			}
		case "configure":
			current = configured(given)
			answer = object{"ok": true}
		case "call":
			answer = called(current, given.Venue, given.Operation)
		default:
			answer = object{"ok": true}
		}
		text, err := json.Marshal(answer)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%s\n", text)
		if given.Cmd == "bye" {
			return
		}
	}
}

func called(current clients, venue string, op operation) (answer object) {
	defer func() {
		if caught := recover(); caught != nil {
			answer = object{"outcome": "crash", "message": fmt.Sprint(caught)}
		}
	}()
	var result any
	var err error
	if venue == "spot" {
		result, err = onSpot(current, op)
	} else {
		result, err = onFutures(current, op)
	}
	if err != nil {
		return told(err)
	}
	return object{"outcome": "accepted", "result": view(op.Op, result)}
}
