/**
 * What becomes of a formula: expressions, programs, the interpreter that is their specification, and the class
 * files that do the same faster.
 */
package io.github.descent4j.internal.program;
