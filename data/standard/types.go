package standard

// Profile is one standard, checked. Immutable: the built-in ones are shared.
type Profile struct {
	ID       string   `json:"id" req:"1" pattern:"id" doc:"short name of the profile"`
	Extends  string   `json:"extends,omitempty" doc:"profile whose values hold where this file is silent: a built-in id, or a file beside this one"`
	Abstract bool     `json:"abstract,omitempty" doc:"only to be extended; not listed"`
	Name     Name     `json:"name" req:"1" doc:"title"`
	Source   Source   `json:"source" doc:"the document"`
	Notes    []Note   `json:"notes,omitempty" doc:"how the document was read where it is unclear or silent"`
	Tiers    []Tier   `json:"tiers,omitempty" doc:"levels of the network, from the top down"`
	Classes  []Class  `json:"classes,omitempty" doc:"classes of sites within a tier that have requirements of their own"`
	Fields   []Field  `json:"fields,omitempty" doc:"what the ledger tells of a site, and the columns that tell it"`
	Lists    []List   `json:"lists,omitempty" doc:"requirements, item by item"`
	Grades   []Grade  `json:"grades,omitempty" doc:"what an assessment awards, lowest first"`
	Ways     []Way    `json:"ways,omitempty" doc:"ways to come to a site that meets the standard"`
	Prices   []Price  `json:"prices,omitempty" doc:"cost and grant of a way, per tier or class"`
	Targets  []Target `json:"targets,omitempty" doc:"what is to be reached by when"`
	Siting   []Rule   `json:"siting,omitempty" doc:"where sites go"`
	Duties   []Duty   `json:"duties,omitempty" doc:"what else the document asks of the network and its sites"`

	Programme   *Programme   `json:"programme,omitempty" doc:"construction programme"`
	Process     *Process     `json:"process,omitempty" doc:"states of a project and their order"`
	Inspections []Inspection `json:"inspections,omitempty" doc:"who looks how often"`

	at map[string]spot // key path -> where it stands
}

// Name is a short text in both languages; English may be left out.
type Name struct {
	ZH string `json:"zh" req:"1" doc:"in Chinese"`
	EN string `json:"en,omitempty" doc:"in English"`
}

// In returns the name in the language; a name without English is Chinese in both.
func (n Name) In(lang string) string {
	if lang == "en" && n.EN != "" {
		return n.EN
	}
	return n.ZH
}

// Source is the document that a profile restates.
type Source struct {
	Title  string `json:"title,omitempty" doc:"title as issued"`
	Number string `json:"number,omitempty" doc:"document number"`
	Issuer string `json:"issuer,omitempty" doc:"who issued it"`
	Date   string `json:"date,omitempty" doc:"day, month or year of issue"`
	Status string `json:"status,omitempty" enum:"issued,draft,reference" doc:"standing of the text that was read"`
}

// Note says how the document was read.
type Note struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
}

// Tier is a level of the network.
type Tier struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name, as studies use it"`
	Name
	Clause  string            `json:"clause,omitempty" doc:"clause of the document"`
	Clauses map[string]string `json:"clauses,omitempty" doc:"clause of single keys of this tier, where it differs"`
	Hosts   []Host            `json:"hosts,omitempty" doc:"places that host it"`
	MinArea Area              `json:"min_area,omitempty" doc:"least floor area"`
	Staff   int               `json:"staff,omitempty" doc:"least number of full-time staff"`
	Parent  string            `json:"parent,omitempty" doc:"tier it belongs to; must be listed before"`
	Nested  bool              `json:"nested,omitempty" doc:"sites of the tiers above stand in for its own; needs parent"`
	Owner   string            `json:"owner,omitempty" enum:"city,county,town,community" doc:"level whose every region must own one"`
	Units   []string          `json:"units,omitempty" doc:"kinds of units, beside regions, that must own one"`
	Runner  string            `json:"runner,omitempty" doc:"who builds and runs it"`
	Service *Service          `json:"service,omitempty" doc:"how far it serves"`
}

// Host is a kind of place that hosts sites.
type Host struct {
	Name
	Kinds []string `json:"kinds,omitempty" doc:"the study's kinds of places that it means"`
}

// Service is how far a site serves: a radius or a time.
type Service struct {
	Radius  Length   `json:"radius,omitempty" doc:"service radius"`
	Minutes Duration `json:"minutes,omitempty" doc:"travel time"`
	Mode    string   `json:"mode,omitempty" doc:"travel mode; walk when absent"`
	Stated
}

// Stated says where a number comes from: a clause, or a default with what it rests on.
type Stated struct {
	Clause  string `json:"clause,omitempty" doc:"clause of the document"`
	Default bool   `json:"default,omitempty" doc:"the document gives no number: this is a default"`
	Basis   string `json:"basis,omitempty" doc:"what a default rests on"`
	BasisZH string `json:"basis_zh,omitempty" doc:"the same in Chinese"`
}

// Class is a class of sites within a tier.
type Class struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Tier    string `json:"tier" req:"1" doc:"tier it is a class of"`
	Clause  string `json:"clause,omitempty" doc:"clause of the document"`
	Default bool   `json:"default,omitempty" doc:"class of a site whose ledger row tells none"`
}

// Field is one thing the ledger tells of a site.
type Field struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Kind    string   `json:"kind" req:"1" enum:"area,money,share,number,flag,text,items" doc:"what its values are"`
	Unit    string   `json:"unit,omitempty" doc:"unit of a number"`
	Columns []string `json:"columns,omitempty" doc:"names of columns that tell it, first found wins"`
}

// Kinds of lists.
const (
	ListBuild    = "build"      // what a site must have
	ListAssess   = "assess"     // what is looked at in an assessment
	ListEntry    = "entry"      // what must hold before a site is assessed
	ListWithdraw = "withdrawal" // what takes an award away
)

// Marks of items.
const (
	Must   = "must"
	Should = "should"
)

// List is a list of requirements.
type List struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Kind    string   `json:"kind" req:"1" enum:"build,assess,entry,withdrawal" doc:"what the list is for"`
	Clause  string   `json:"clause,omitempty" doc:"clause of the document; items may have their own"`
	Tiers   []string `json:"tiers,omitempty" doc:"tiers it holds for; all when absent"`
	Classes []string `json:"classes,omitempty" doc:"classes it holds for; all when absent"`
	Mark    string   `json:"mark,omitempty" enum:"must,should" doc:"mark of items without marks; must when absent"`
	Groups  []Group  `json:"groups,omitempty" doc:"functions or zones that items belong to"`
	Items   []Item   `json:"items" req:"1" doc:"the requirements"`
}

// Group is a function or zone of a list.
type Group struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Mark string `json:"mark,omitempty" enum:"must,should" doc:"mark of the zone as a whole"`
}

// Item is one requirement. It passes when all its checks do; without checks, when the ledger says that it is there.
type Item struct {
	No string `json:"no" req:"1" doc:"number in the document"`
	Name
	Group  string            `json:"group,omitempty" doc:"its function or zone"`
	Part   string            `json:"part,omitempty" doc:"heading within the group"`
	Clause string            `json:"clause,omitempty" doc:"clause, where it is not the list's"`
	Marks  map[string]string `json:"marks,omitempty" enum:"must,should" doc:"mark per tier; a tier that is not named is not asked"`
	Checks []Check           `json:"checks,omitempty" doc:"thresholds, all of which must hold"`
	Cost   Money             `json:"cost,omitempty" doc:"what it costs to add"`
}

// Check is a threshold on a field. The boundary passes.
type Check struct {
	Field   string `json:"field" req:"1" doc:"field of the ledger"`
	AtLeast string `json:"at_least,omitempty" doc:"least value, with its unit"`
	AtMost  string `json:"at_most,omitempty" doc:"greatest value, with its unit"`
	Is      string `json:"is,omitempty" doc:"the value itself: yes, no or a text"`
	When    *When  `json:"when,omitempty" doc:"asked only of sites of which this is true"`
}

// When bounds a check to some sites.
type When struct {
	Field string `json:"field" req:"1" doc:"field of the ledger"`
	Is    string `json:"is" req:"1" doc:"its value"`
}

// Grade is what an assessment awards: a star rating, a title, or just "meets the standard".
type Grade struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Lists  []string `json:"lists,omitempty" doc:"lists that count; all but withdrawal when absent"`
	Must   Share    `json:"must,omitempty" doc:"least share of required items that pass"`
	Should Share    `json:"should,omitempty" doc:"least share of recommended items that pass"`
	Stated
}

// Way is a way to come to a site that meets the standard.
type Way struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Kind   string   `json:"kind" req:"1" enum:"new,convert,upgrade,purchase,combine" doc:"what is done"`
	Fixes  []string `json:"fixes,omitempty" enum:"area,items" doc:"what it puts right at an existing site"`
	Clause string   `json:"clause,omitempty" doc:"clause of the document"`
}

// Price is the money of a way.
type Price struct {
	ID    string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Way   string `json:"way" req:"1" doc:"the way"`
	Tier  string `json:"tier,omitempty" doc:"tier it holds for"`
	Class string `json:"class,omitempty" doc:"class it holds for"`
	Cost  Money  `json:"cost,omitempty" doc:"what one costs"`
	Grant Money  `json:"grant,omitempty" doc:"what is paid for one"`
	Stated
}

// Target is what is to be reached by the end of a year, or every year.
type Target struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Indicator   string   `json:"indicator" req:"1" enum:"built,presence,effective,upgraded,count,debt,started,money,units,qualifies,passing,passing_count,upgraded_count" doc:"what is measured"`
	Year        int      `json:"year,omitempty" doc:"by the end of this year"`
	Yearly      bool     `json:"yearly,omitempty" doc:"every year anew"`
	Undated     bool     `json:"undated,omitempty" doc:"the text that was read hides the year"`
	Share       Share    `json:"share,omitempty" doc:"least share"`
	Count       int      `json:"count,omitempty" doc:"least number"`
	Money       Money    `json:"money,omitempty" doc:"amount, for debt the most that may be owed"`
	Tiers       []string `json:"tiers,omitempty" doc:"tiers it holds for; all when absent"`
	Approximate bool     `json:"approximate,omitempty" doc:"the document says about"`
	Clause      string   `json:"clause,omitempty" doc:"clause of the document"`
}

// Rule is a rule of siting.
type Rule struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Rule       string   `json:"rule" req:"1" enum:"must,prefer,avoid" doc:"how binding"`
	Tiers      []string `json:"tiers,omitempty" doc:"tiers it holds for; all when absent"`
	Classes    []string `json:"classes,omitempty" doc:"classes it holds for; all when absent"`
	Kinds      []string `json:"kinds,omitempty" doc:"the study's kinds of places that it speaks of"`
	Exclusions []string `json:"exclusions,omitempty" doc:"the study's kinds of excluded land that it speaks of"`
	Clause     string   `json:"clause,omitempty" doc:"clause of the document"`
}

// Duty is a further duty of the network or its sites.
type Duty struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	About  string   `json:"about" req:"1" enum:"service,area,signs,run,money,data,build,review" doc:"what it is about"`
	Tiers  []string `json:"tiers,omitempty" doc:"tiers it holds for; all when absent"`
	Clause string   `json:"clause,omitempty" doc:"clause of the document"`
}

// Programme is a construction programme: so many sites of each class, each with its grant.
type Programme struct {
	Total   int     `json:"total,omitempty" doc:"sites in all; must be the sum of the batches"`
	Clause  string  `json:"clause,omitempty" doc:"clause of the document"`
	Batches []Batch `json:"batches" req:"1" doc:"its parts"`
}

// Batch is a part of a programme.
type Batch struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Class  string `json:"class" req:"1" doc:"class of its sites"`
	Way    string `json:"way" req:"1" doc:"how they are built"`
	Count  int    `json:"count" req:"1" doc:"sites"`
	Clause string `json:"clause,omitempty" doc:"clause of the document"`
}

// Process is what a project goes through.
type Process struct {
	States  []State     `json:"states" req:"1" doc:"states in their order"`
	Rules   []GateRule  `json:"rules,omitempty" doc:"what must be so beside the order"`
	Reports []ReportDue `json:"reports,omitempty" doc:"progress reports"`
}

// State is a state of a project.
type State struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	By     string   `json:"by,omitempty" doc:"who brings it about"`
	Needs  []string `json:"needs,omitempty" doc:"states that must have been reached before"`
	Clause string   `json:"clause,omitempty" doc:"clause of the document"`
}

// GateRule asks for a state or approval when something is the case.
type GateRule struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	When   string `json:"when" req:"1" enum:"over_budget,plan_changed,price_over,contract_over" doc:"what brings the rule in"`
	Over   Money  `json:"over,omitempty" doc:"amount above which it holds"`
	Needs  string `json:"needs" req:"1" enum:"approval,tender" doc:"what is then needed"`
	By     string `json:"by,omitempty" doc:"who decides"`
	Clause string `json:"clause,omitempty" doc:"clause of the document"`
}

// ReportDue is a report that is due again and again.
type ReportDue struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Every  string `json:"every" req:"1" enum:"month,quarter,year" doc:"how often"`
	Day    int    `json:"day,omitempty" doc:"day of the month"`
	By     string `json:"by,omitempty" doc:"who reports"`
	To     string `json:"to,omitempty" doc:"to whom"`
	Clause string `json:"clause,omitempty" doc:"clause of the document"`
}

// Inspection is a recurring look at the sites.
type Inspection struct {
	ID string `json:"id" req:"1" pattern:"id" doc:"short name"`
	Name
	Every  string `json:"every" req:"1" enum:"month,quarter,year" doc:"how often"`
	Times  int    `json:"times,omitempty" doc:"times in that period"`
	By     string `json:"by,omitempty" doc:"who inspects"`
	Result string `json:"result,omitempty" enum:"stars,title,target,report" doc:"what comes of it"`
	Clause string `json:"clause,omitempty" doc:"clause of the document"`
}
