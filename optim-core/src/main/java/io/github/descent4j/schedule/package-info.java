/** Learning-rate schedules: pure functions of the zero-based optimizer step. */
package io.github.descent4j.schedule;
