/**
 * What a run leaves behind for people and programs: the record of its numbers, a file of metrics, and one HTML file.
 *
 * <p>{@link io.github.descent4j.mnist.report.Page} knows headings, charts, tables and pictures, and nothing of training; {@link
 * io.github.descent4j.mnist.report.RunReport} says what a report has.
 */
package io.github.descent4j.mnist.report;
