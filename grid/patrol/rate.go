package patrol

// Share is a part of a whole, with both. 0 of 0 is no share at all, and neither 0 nor 100 %.
type Share struct {
	Numerator   int64    `json:"numerator"`
	Denominator int64    `json:"denominator"`
	Share       *float64 `json:"share"` // null for 0 of 0
}

// ShareOf makes a share of two counts.
func ShareOf(numerator, denominator int64) Share {
	s := Share{Numerator: numerator, Denominator: denominator}
	if denominator != 0 {
		share := float64(numerator) / float64(denominator)
		s.Share = &share
	}
	return s
}

// Count is what became of the problems that were found in a period and are not void or merged: of each it counts how they stand now. 统计。
type Count struct {
	Found     int64 // 发现
	Rectified int64 // 已整改: rectified or closed
	Closed    int64 // 已销号
	OnTheSpot int64 // 当场整改, and standing
	Returned  int64 // 退回过
	Reworked  int64 // 返工过
	Suspended int64 // 挂账中
	Handled   int64 // rectified at least once, standing or not: what could be reworked
}

// Add adds another count.
func (c *Count) Add(o Count) {
	c.Found += o.Found
	c.Rectified += o.Rectified
	c.Closed += o.Closed
	c.OnTheSpot += o.OnTheSpot
	c.Returned += o.Returned
	c.Reworked += o.Reworked
	c.Suspended += o.Suspended
	c.Handled += o.Handled
}

// Shares of a count.
type Shares struct {
	Rectified Share `json:"rectified"`   // of found 整改率
	Closed    Share `json:"closed"`      // of found 销号率
	OnTheSpot Share `json:"on_the_spot"` // of found 当场整改率
	Rework    Share `json:"rework"`      // of what was rectified once 返工率
}

// Shares are the rates of a count.
func (c *Count) Shares() Shares {
	return Shares{
		Rectified: ShareOf(c.Rectified, c.Found), Closed: ShareOf(c.Closed, c.Found),
		OnTheSpot: ShareOf(c.OnTheSpot, c.Found), Rework: ShareOf(c.Reworked, c.Handled),
	}
}

// Rate is one line of rates: what they are by, and the count.
type Rate struct {
	Code, Name string
	Count
}
