package coverage

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
)

const sitingBlocks = 30

func sitingBoard(t testing.TB, toilets int) *Board {
	return boardOf(t, newTestCity(sitingBlocks).withToilets(toilets, sitingBlocks, rand.New(rand.NewPCG(1, 1))))
}

func siteQuestion() SitingQuestion {
	return SitingQuestion{Question: Question{Service: toilet}, RadiusM: 300, Goal: Most, K: 5}
}

func sited(t testing.TB, b *Board, q SitingQuestion) Siting {
	t.Helper()
	s, err := b.Site(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sitesBuilt is the board once the sites are built.
func sitesBuilt(t testing.TB, b *Board, s Siting) *Board {
	t.Helper()
	var changes []Change
	for _, at := range s.Sites {
		changes = append(changes, Change{Op: OpAdd, Service: toilet, At: &at.At})
	}
	b, err := b.With(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSiteKeepsItsPromise builds what siting chose and finds covered what it promised, to the last square decimetre.
func TestSiteKeepsItsPromise(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var points []CandidatePoint
	for range 400 {
		points = append(points, CandidatePoint{At: atM(r.Float64()*3000, r.Float64()*3000), Cost: int64(1 + r.IntN(9))})
	}
	board := sitingBoard(t, 12)
	for name, change := range map[string]func(q *SitingQuestion){
		"on foot":       func(*SitingQuestion) {},
		"straight":      func(q *SitingQuestion) { q.Mode = Straight },
		"in a district": func(q *SitingQuestion) { q.Within = "370281001" },
		"in a zone":     func(q *SitingQuestion) { q.Within = zoneCode },
		"within money":  func(q *SitingQuestion) { q.Budget = 20; q.K = 0 },
	} {
		q := siteQuestion()
		q.Candidates = Candidates{Kind: PointCandidates, Points: points}
		change(&q)
		s := sited(t, board, q)
		if len(s.Sites) == 0 || s.Value == 0 || s.Already == 0 || s.Gap > 0.05 {
			t.Errorf("%s: %+v", name, s)
		}
		after := sited(t, sitesBuilt(t, board, s), q)
		if after.Already != s.Already+s.Value || after.Total != s.Total {
			t.Errorf("%s: %d of %d covered, promised %d + %d of %d", name, after.Already, after.Total, s.Already, s.Value, s.Total)
		}
		sum := int64(0)
		for _, x := range s.Sites {
			if sum += x.Gain; sum != x.Value || x.Candidate < 0 || points[x.Candidate].At != x.At {
				t.Errorf("%s: site %+v after %d", name, x, sum)
			}
		}
		if again := sited(t, board, q); !reflect.DeepEqual(again, s) {
			t.Errorf("%s: the same question has two answers", name)
		}
	}
}

// TestSiteOnStreets: candidates along streets stand on them, apart from each other, off forbidden ground; figures add up to what a table of the
// board with the sites says, but for hexagons on the very rim.
func TestSiteOnStreets(t *testing.T) {
	board := sitingBoard(t, 5)
	q := siteQuestion()
	q.Candidates.SpacingM = 50
	q.Forbidden = square(0, 0, 1500, 1500)
	q.Fixed = []orb.Point{atM(2500, 2500), atM(9000, 9000)}
	q.Stability = true
	s := sited(t, board, q)
	if len(s.Sites) != 5 || !s.Reached || s.Reruns != StableReruns || s.FixedGain == 0 || len(s.FixedOff) != 1 || s.FixedOff[0] != 1 {
		t.Fatalf("%+v", s)
	}
	for _, x := range s.Sites {
		if q.Forbidden.Bound().Contains(x.At) || x.Street == "" || x.Title == "" || x.Often < 0 || x.Often > s.Reruns || x.Candidate >= 0 {
			t.Errorf("site %+v", x)
		}
	}
	if s.Candidates < 1000 || s.Candidates > 4000 {
		t.Errorf("%d candidates each 50 m of 62 streets of 3 km, three quarters of them", s.Candidates)
	}
	fixed := s.Sites
	s.Sites = append(s.Sites, Site{At: q.Fixed[0]})
	table, err := sitesBuilt(t, board, s).Table(t.Context(), q.Question, []uint32{300}, "county", "")
	if err != nil {
		t.Fatal(err)
	}
	s.Sites = fixed
	promised, found := float64(s.Already+s.Value)/100, table.Total.CoveredM2[0]
	if diff := promised - found; diff > 0.001*found || diff < -0.001*found {
		t.Errorf("covered %.0f m², promised %.0f", found, promised)
	}
}

func TestSiteGoals(t *testing.T) {
	board := sitingBoard(t, 3)
	q := siteQuestion()
	q.Goal, q.K, q.Share, q.Candidates.SpacingM = Fewest, 0, 0.5, 200
	s := sited(t, board, q)
	if !s.Reached || s.LowerBound < 1 || s.LowerBound > len(s.Sites) || s.Share(s.Value) < 0.5 {
		t.Errorf("fewest: %d sites, %d at least, share %.3f, %s", len(s.Sites), s.LowerBound, s.Share(s.Value), s.WhyEn)
	}
	if s.Share(s.Sites[len(s.Sites)-1].Value-s.Sites[len(s.Sites)-1].Gain) >= 0.5 {
		t.Error("fewest: the last site is not needed")
	}
	q.Goal, q.By = Each, "community"
	e := sited(t, board, q)
	if !e.Reached || e.Areas != 4 || e.AreasMet != 4 || len(e.Sites) < len(s.Sites) {
		t.Errorf("each: %+v", e)
	}
	last := func(s Siting) Definition { return s.Method.Definitions[len(s.Method.Definitions)-1] }
	if last(e).ID != "siting" || last(s).ID != "siting" || last(e) == last(s) {
		t.Errorf("the method does not say how sites are chosen: %+v", last(e))
	}
	table, err := sitesBuilt(t, board, e).Table(t.Context(), q.Question, []uint32{300}, "community", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows {
		if share, _ := r.Share(0); share < 0.499 {
			t.Errorf("%s has %.3f", r.Code, share)
		}
	}
	q.K = 2
	if few := sited(t, board, q); few.Reached || len(few.Sites) != 2 || few.WhyEn == "" || few.AreasMet == 4 {
		t.Errorf("each with two sites: %+v", few)
	}
}

func TestSiteAreas(t *testing.T) {
	board := sitingBoard(t, 3)
	q := siteQuestion()
	// one area with streets, one inside a block, one beyond all streets
	q.Candidates = Candidates{Kind: AreaCandidates, SpacingM: 20,
		Areas: append(append(square(50, 50, 450, 450), square(1010, 1010, 1090, 1090)...), square(20_000, 0, 20_100, 100)...)}
	s := sited(t, board, q)
	inside := 0
	for _, x := range s.Sites {
		if square(1010, 1010, 1090, 1090).Bound().Contains(x.At) {
			inside++
		} else if !square(50, 50, 450, 450).Bound().Contains(x.At) {
			t.Errorf("site %+v is in none of the areas", x)
		}
	}
	if inside == 0 {
		t.Errorf("no site inside the block: %+v", s.Sites)
	}
}

func TestSiteAnswers(t *testing.T) {
	board := sitingBoard(t, 3)
	points := func(cost int64, at ...orb.Point) Candidates {
		c := Candidates{Kind: PointCandidates}
		for _, p := range at {
			c.Points = append(c.Points, CandidatePoint{At: p, Cost: cost, Name: "地块"})
		}
		return c
	}
	far := atM(50_000, 0)
	for name, test := range map[string]struct {
		change  func(q *SitingQuestion)
		sites   int
		reached bool
		silent  bool
	}{
		"more sites than useful": {func(q *SitingQuestion) { q.Candidates = points(0, atM(200, 2800), atM(2800, 2800)) }, 2, false, false},
		"no candidates":          {func(q *SitingQuestion) { q.Candidates.Kind = PointCandidates }, 0, false, false},
		"candidates off streets": {func(q *SitingQuestion) { q.Candidates = points(0, far) }, 0, false, false},
		"everything forbidden":   {func(q *SitingQuestion) { q.Forbidden = square(-100, -100, 4000, 4000) }, 0, false, false},
		"target met":             {func(q *SitingQuestion) { q.Goal, q.Share = Fewest, 0.01 }, 0, true, false},
		"target out of reach": {func(q *SitingQuestion) {
			q.Goal, q.Share = Fewest, 1
			q.Candidates = points(0, atM(200, 2800))
		}, 1, false, false},
		"budget below the cheapest": {func(q *SitingQuestion) { q.Budget = 5; q.Candidates = points(6, atM(200, 2800)) }, 0, false, false},
		"as asked":                  {func(*SitingQuestion) {}, 5, true, true},
	} {
		q := siteQuestion()
		test.change(&q)
		s := sited(t, board, q)
		if len(s.Sites) != test.sites || s.Reached != test.reached || (s.WhyEn == "") != test.silent || (s.Why == "") != test.silent {
			t.Errorf("%s: %d sites, reached %v, %q %q", name, len(s.Sites), s.Reached, s.Why, s.WhyEn)
		}
	}
	q := siteQuestion()
	q.Candidates = points(0, far, atM(200, 2800))
	if s := sited(t, board, q); len(s.OffNetwork) != 1 || s.OffNetwork[0] != 0 || len(s.Sites) != 1 || s.Sites[0].Name != "地块" {
		t.Errorf("off the network: %+v", s)
	}
	q.Mode = Straight
	if s := sited(t, board, q); len(s.OffNetwork) != 0 {
		t.Errorf("straight: %+v", s)
	}

	everything := newTestCity(4).with(toilet, 1, atM(200, 200), openToilet())
	q = siteQuestion()
	q.RadiusM = 2000
	if s := sited(t, boardOf(t, everything), q); len(s.Sites) != 0 || s.Reached || s.Why == "" || s.Already != s.Total {
		t.Errorf("nothing uncovered: %+v", s)
	}
	nothing := newTestCity(4)
	for _, id := range nothing.ids(roads) {
		nothing = nothing.without(roads, id)
	}
	if s := sited(t, boardOf(t, nothing), siteQuestion()); len(s.Sites) != 0 || s.Reached || s.NoNetwork != s.Total {
		t.Errorf("no streets: %+v", s)
	}
}

func TestSiteRefuses(t *testing.T) {
	board := sitingBoard(t, 3)
	for name, test := range map[string]struct {
		change func(q *SitingQuestion)
		want   error
	}{
		"no such service": {func(q *SitingQuestion) { q.Service = "volcano" }, ErrNoService},
		"radius 0":        {func(q *SitingQuestion) { q.RadiusM = 0 }, ErrRadius},
		"radius 10⁹":      {func(q *SitingQuestion) { q.RadiusM = 1_000_000_000 }, ErrRadius},
		"no such region":  {func(q *SitingQuestion) { q.Within = "atlantis" }, ErrNoArea},
		"no such kind":    {func(q *SitingQuestion) { q.Goal, q.By = Each, "kingdom" }, ErrNoArea},
		"501 sites":       {func(q *SitingQuestion) { q.K = 501 }, ErrTooLarge},
		"a million points": {func(q *SitingQuestion) {
			q.Candidates = Candidates{Kind: PointCandidates, Points: make([]CandidatePoint, 1_000_000)}
		}, ErrTooLarge},
		"a continent of them": {func(q *SitingQuestion) {
			q.Candidates = Candidates{Kind: AreaCandidates, SpacingM: 20, Areas: square(1e4, 1e4, 3e5, 3e5)}
		}, ErrTooLarge},
		"spacing 1 m":    {func(q *SitingQuestion) { q.Candidates.SpacingM = 1 }, ErrProblem},
		"no such goal":   {func(q *SitingQuestion) { q.Goal = "glory" }, ErrProblem},
		"share 2":        {func(q *SitingQuestion) { q.Goal, q.Share = Fewest, 2 }, ErrProblem},
		"each of what":   {func(q *SitingQuestion) { q.Goal, q.Share = Each, 0.5 }, ErrProblem},
		"people unknown": {func(q *SitingQuestion) { q.Weight = ByPopulation }, ErrProblem},
		"free of charge": {func(q *SitingQuestion) {
			q.Budget, q.Candidates = 5, Candidates{Kind: PointCandidates, Points: []CandidatePoint{{At: atM(1, 1)}}}
		}, ErrProblem},
	} {
		q := siteQuestion()
		test.change(&q)
		if _, err := board.Site(t.Context(), q, nil); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
