/**
 * The optimizers and schedules in networks of DL4J and SameDiff; begin at {@link
 * io.github.descent4j.dl4j.Descent4j}.
 */
package io.github.descent4j.dl4j;
