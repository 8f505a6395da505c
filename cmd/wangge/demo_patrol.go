package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"wangge/api/depot"
	"wangge/fixtures"
)

// photosIn is the address of the store of photos in a data folder.
func photosIn(dir string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "photos"))}).String()
}

// patrolledCity is the demo city with a year of patrol until now. Its sample photos are kept at an address.
func patrolledCity(ctx context.Context, photos string) (*fixtures.City, error) {
	in, err := depot.Open(ctx, photos)
	if err != nil {
		return nil, fmt.Errorf("the store of photos 照片库: %w", err)
	}
	city := fixtures.JiaozhouOn(time.Now())
	return city, errors.Join(city.Patrol.Keep(ctx, in, depot.NewKey), in.Close())
}
