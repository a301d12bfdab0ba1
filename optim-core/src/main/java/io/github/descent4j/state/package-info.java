/**
 * State files: what may differ when one is loaded, what is thrown where it does not fit, and what a decorator of
 * your own writes and reads. {@link io.github.descent4j.OptimizerState} saves and loads them.
 */
package io.github.descent4j.state;
