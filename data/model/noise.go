package model

import (
	"math"
	"math/rand/v2"
)

// vec is a place in the plane of the model: metres east and north of its origin.
type vec struct{ x, y float64 }

func (a vec) add(b vec) vec             { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec             { return vec{a.x - b.x, a.y - b.y} }
func (a vec) mul(k float64) vec         { return vec{a.x * k, a.y * k} }
func (a vec) lerp(b vec, t float64) vec { return vec{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }
func (a vec) len() float64              { return math.Hypot(a.x, a.y) }
func (a vec) dist(b vec) float64        { return math.Hypot(a.x-b.x, a.y-b.y) }
func (a vec) rot(cos, sin float64) vec  { return vec{a.x*cos - a.y*sin, a.x*sin + a.y*cos} }

// unit returns the direction of a; zero for zero.
func (a vec) unit() vec {
	if l := a.len(); l > 0 {
		return a.mul(1 / l)
	}
	return vec{}
}

// left returns a turned by a quarter to the left.
func (a vec) left() vec { return vec{-a.y, a.x} }

// noise is a field of smooth random values, fixed by its number.
type noise uint64

// mix is the finaliser of splitmix64: every bit of the result depends on every bit of z.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// field returns another field, independent of n.
func (n noise) field(k uint64) noise { return noise(mix(uint64(n) ^ mix(k))) }

// rand returns a random source of its own for part k of the model, so that parts do not disturb each other.
func (n noise) rand(k uint64) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(n), mix(k)))
}

// cell returns the value of the field at a whole point, in [0, 1).
func (n noise) cell(i, j int64) float64 {
	return float64(mix(uint64(n)^mix(uint64(i)^mix(uint64(j))))>>11) / (1 << 53)
}

// at returns the field at (x, y), in [-1, 1]: values at whole points, smoothly blended between them.
func (n noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	i, j := int64(fx), int64(fy)
	u, v := x-fx, y-fy
	u, v = u*u*u*(u*(6*u-15)+10), v*v*v*(v*(6*v-15)+10)
	a := n.cell(i, j)*(1-u) + n.cell(i+1, j)*u
	b := n.cell(i, j+1)*(1-u) + n.cell(i+1, j+1)*u
	return 2*(a*(1-v)+b*v) - 1
}

// fbm returns the sum of octaves of the field, each half as large and twice as fine, scaled to about [-1, 1].
func (n noise) fbm(p vec, octaves int) float64 {
	sum, size, total := 0.0, 1.0, 0.0
	for o := range octaves {
		f := float64(int(1) << o)
		sum += size * n.at(p.x*f+17.3*float64(o), p.y*f-9.1*float64(o))
		total += size
		size /= 2
	}
	return sum / total * 1.4
}

// frame puts the plane on the globe.
type frame struct{ lon, lat float64 }

// metresPerDegree is the length of a degree of latitude on the mean sphere of WGS84 (radius 6,371,008.8 m).
const metresPerDegree = 6371008.8 * math.Pi / 180

// lonlat returns the WGS84 longitude and latitude of a place, by the sinusoidal projection, which keeps areas.
func (f frame) lonlat(p vec) (lon, lat float64) {
	lat = f.lat + p.y/metresPerDegree
	lon = f.lon + p.x/(metresPerDegree*math.Cos(lat*math.Pi/180))
	return lon, lat
}
