/**
 * Watching gradients and updates while training: {@link io.github.descent4j.health.GradientMonitor}, and what it
 * reports.
 */
package io.github.descent4j.health;
