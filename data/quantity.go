package data

import "sitecover/siting"

// ParseMoney reads an amount of money as study.yaml writes it, such as "300 万元". The error says what is wrong and what is
// taken.
func ParseMoney(s string) (siting.Yuan, error) {
	value, bad := dimMoney.parse(s)
	if bad != nil {
		return 0, bad
	}
	return yuan(value)
}

// ParseShare reads a share as study.yaml writes it, such as "90%": 0.9.
func ParseShare(s string) (float64, error) {
	value, bad := dimShare.parse(s)
	if bad != nil {
		return 0, bad
	}
	return float(value), nil
}
