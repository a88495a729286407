// Package siting answers what to open and in which year: candidates, models, rollout plan, and 红色驿站 (roadside
// service stations) by footfall.
package siting
