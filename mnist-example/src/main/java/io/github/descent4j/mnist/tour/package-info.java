/**
 * Claims of a lecture on optimization for deep learning, each put to the test by a {@link io.github.descent4j.mnist.tour.TourChapter}: {@code tour}.
 */
package io.github.descent4j.mnist.tour;
