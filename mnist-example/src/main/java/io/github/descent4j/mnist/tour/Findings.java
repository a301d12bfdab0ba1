package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.report.Chart;
import java.util.List;

/**
 * What a chapter has found.
 *
 * @param charts in its picture: up to three side by side, more in rows of two
 * @param text its numbers, lines that end with a line feed
 */
record Findings(List<Chart> charts, String text) {}
