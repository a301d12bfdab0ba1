package io.github.descent4j.mnist.tour;

import io.github.descent4j.mnist.report.Chart;
import java.util.List;

/**
 * What a chapter has found.
 *
 * @param charts side by side in its picture
 * @param text its numbers, lines that end with a line feed
 */
record Findings(List<Chart> charts, String text) {}
