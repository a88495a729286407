package network

import (
	"errors"
	"fmt"
	"math"
)

// Speeds of the standard modes, km/h.
const (
	// walkSpeed: GB 50180-2018 equates 15 minutes with 800-1,000 m, which is 3.2-4.0 km/h.
	walkSpeed = 3.8
	// elderlySpeed is 0.8 m/s, the mean of women of 65 and older in Asher, Aresu, Falaschetti and Mindell, "Most older
	// pedestrians are unable to cross the road in time", Age and Ageing 41 (2012) 690-694; men of that age: 0.9 m/s.
	elderlySpeed = 2.9
	// elderlySteps is half of elderlySpeed: an assumption of this program.
	elderlySteps = 1.5
	// ebikeSpeed: non-motor vehicles on the carriageway are held to 15 km/h by article 58 of the Road Traffic Safety Law.
	ebikeSpeed = 15
	// ebikeShared is the speed among people on foot: an assumption of this program.
	ebikeShared = 10

	maxSpeed     = 300    // km/h; beyond it a speed is a mistake
	maxMaxAccess = 50_000 // metres; beyond it a straight access leg means nothing
)

// StandardModes returns the modes that a study may use without describing them: "walk", "elderly", "ebike" and "drive". The
// slice is the caller's own. Ferries are closed in all of them, because their timetable is not known.
func StandardModes() []Mode {
	walk := Mode{ID: "walk", Access: Foot, OffRoad: walkSpeed, MaxAccess: 500}
	elderly := Mode{ID: "elderly", Access: Foot, OffRoad: elderlySpeed, MaxAccess: 500}
	for c := Trunk; c <= Steps; c++ {
		walk.Speed[c], elderly.Speed[c] = walkSpeed, elderlySpeed
	}
	elderly.Speed[Steps] = elderlySteps

	ebike := Mode{ID: "ebike", Access: Bicycle, Posted: true, OneWay: true, OffRoad: walkSpeed, MaxAccess: 500}
	for c := Trunk; c <= Path; c++ {
		ebike.Speed[c] = ebikeSpeed
	}
	for _, c := range []Class{LivingStreet, Track, Pedestrian, Footway, Path} {
		ebike.Speed[c] = ebikeShared
	}

	// Driving speeds lie within or below the design speeds of GB/T 51328-2018 (expressways 60-100, arterials 40-60,
	// secondary 30-50, branch roads 20-30 km/h), to allow for junctions.
	drive := Mode{ID: "drive", Access: Car, Posted: true, OneWay: true, OffRoad: walkSpeed, MaxAccess: 500}
	drive.Speed = [NumClasses]float64{
		Motorway: 90, Trunk: 60, Primary: 45, Secondary: 40, Tertiary: 30, Unclassified: 25, Residential: 20,
		LivingStreet: 10, Service: 10, Track: 15,
	}
	return []Mode{walk, elderly, ebike, drive}
}

// Validate reports every field of the mode that cannot be used, by name.
func (m Mode) Validate() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("network: mode %q: "+format, append([]any{m.ID}, args...)...))
	}
	if m.ID == "" {
		bad("ID: empty")
	}
	if m.Access != Foot && m.Access != Bicycle && m.Access != Car {
		bad("Access: %d: want exactly one of Foot, Bicycle, Car", m.Access)
	}
	open := false
	for c, v := range m.Speed {
		if !(v >= 0 && v <= maxSpeed) {
			bad("Speed[%v]: %v km/h: want 0 (closed) to %d", Class(c), v, maxSpeed)
		}
		open = open || v > 0
	}
	if !open {
		bad("Speed: every class is closed")
	}
	if !(m.OffRoad > 0 && m.OffRoad <= maxSpeed) {
		bad("OffRoad: %v km/h: want more than 0 and at most %d", m.OffRoad, maxSpeed)
	}
	if !(m.MaxAccess > 0 && m.MaxAccess <= maxMaxAccess) {
		bad("MaxAccess: %v m: want more than 0 and at most %d", m.MaxAccess, maxMaxAccess)
	}
	return errors.Join(errs...)
}

// speedOn returns the speed in km/h at which the mode uses the way, 0 when it may not.
func (m *Mode) speedOn(w *Way) float64 {
	if w.Access&m.Access == 0 || w.Class >= NumClasses {
		return 0
	}
	v := m.Speed[w.Class]
	if m.Posted && w.MaxSpeed > 0 {
		v = math.Min(v, float64(w.MaxSpeed))
	}
	return v
}

var classNames = [NumClasses]string{
	"motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service", "track",
	"cycleway", "pedestrian", "footway", "path", "steps", "ferry",
}

// String returns the class in OSM's words, such as "living_street".
func (c Class) String() string {
	if c < NumClasses {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}
