package network

import (
	"github.com/paulmach/orb"
)

// Class is the functional class of a road, in OSM's words; Chinese classes are mapped onto it by the readers.
type Class uint8

// Road classes, most important first. Unclassified is a road without a class of its own; Path covers paths and tracks for walking.
const (
	Motorway Class = iota
	Trunk
	Primary
	Secondary
	Tertiary
	Unclassified
	Residential
	LivingStreet
	Service
	Track
	Cycleway
	Pedestrian
	Footway
	Path
	Steps
	Ferry
	NumClasses
)

// Access is the set of users a way admits.
type Access uint8

// Access bits.
const (
	Foot Access = 1 << iota
	Bicycle
	Car
)

// Direction is the way's one-way rule for vehicles, relative to the order of its nodes. Walkers ignore it.
type Direction int8

// The directions.
const (
	Both     Direction = 0
	Forward  Direction = 1
	Backward Direction = -1
)

// Way is one road as the source gives it.
type Way struct {
	ID       int64 // the source's id
	Name     string
	Class    Class
	Access   Access
	OneWay   Direction
	MaxSpeed float32 // km/h as posted, 0 = not known
	First    int32   // its nodes are Roads.Refs[First : First+Count]
	Count    int32
}

// Roads is what a source says about roads, before a mode is chosen. Ways join only where they share a node, so bridges and
// tunnels stay apart from what they cross. Immutable once read.
type Roads struct {
	Nodes []orb.Point // WGS84
	Refs  []int32     // node indexes of all ways, concatenated
	Ways  []Way
}

// Mode is a way of travelling.
type Mode struct {
	ID        string              // "walk", "elderly", "ebike", "drive"
	Access    Access              // which bit of Way.Access it needs
	Speed     [NumClasses]float64 // km/h per class, 0 = the class is closed to the mode
	Posted    bool                // a lower posted speed limit applies
	OneWay    bool                // one-way rules apply
	OffRoad   float64             // km/h on the straight access legs
	MaxAccess float64             // metres; farther from every usable road = unconnected
}
