/**
 * The mechanism of update rules, whose mathematics is in {@link io.github.descent4j}: {@link
 * io.github.descent4j.rule.UpdateRule}, and the slots that it keeps.
 */
package io.github.descent4j.rule;
