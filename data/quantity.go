package data

import (
	"errors"
	"math/big"
	"time"

	"sitecover/geo"
	"sitecover/siting"
)

// ParseMoney reads an amount of money as study.yaml writes it, such as "300 万元". The error says what is wrong and what is
// taken.
func ParseMoney(s string) (siting.Yuan, error) {
	value, bad := dimMoney.parse(s)
	if bad != nil {
		return 0, bad
	}
	return yuan(value)
}

// ParseDay reads a day as ledgers write it: 2026-05-01, 2026/5/1, 2026年5月1日. A month means its first day, a year its 1 January.
func ParseDay(s string) (time.Time, error) {
	day, ok := parseDate(s)
	if !ok {
		return time.Time{}, errors.New("data: not a day")
	}
	return day, nil
}

// ParseShare reads a share as study.yaml writes it, such as "90%": 0.9.
func ParseShare(s string) (float64, error) {
	value, bad := dimShare.parse(s)
	if bad != nil {
		return 0, bad
	}
	return float(value), nil
}

// ParseLimit reads a distance or a time as study.yaml writes it, such as "500 m" or "15 min".
func ParseLimit(s string) (geo.Limit, error) {
	metric, value, bad := geo.Metres, (*big.Rat)(nil), (*quantityError)(nil)
	if value, bad = dimLength.parse(s); bad != nil {
		metric = geo.Seconds
		value, bad = dimTime.parse(s)
	}
	if bad != nil {
		return geo.Limit{}, bad
	}
	limit := geo.Limit{Metric: metric, Max: geo.ToImpedance(float(value))}
	if value.Sign() <= 0 || limit.Max == geo.Unreachable {
		return geo.Limit{}, errors.New("data: not a positive distance or time")
	}
	return limit, nil
}
