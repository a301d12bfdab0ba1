/**
 * Not API: what optimizers remember of parameters, and how it gets into a state file and back.
 */
package io.github.descent4j.internal.state;
