/**
 * Learning-rate schedules: pure functions of the zero-based optimizer step; and {@link
 * io.github.descent4j.schedule.LearningRateFinder}, which finds a rate to begin with.
 */
package io.github.descent4j.schedule;
