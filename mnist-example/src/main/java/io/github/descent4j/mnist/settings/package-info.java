/** What a run is to do, as values: networks, optimizers, schedules, regularization. */
package io.github.descent4j.mnist.settings;
