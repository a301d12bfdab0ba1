package io.github.descent4j.spark;

import java.io.Serializable;

/**
 * What a task of {@link SparkGradients} sends.
 *
 * @param reply the part of its partition, as {@link Reply} puts it
 * @param other what the executor computes with; null if that is what is expected, or if the partition has no element
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
record Evaluated(byte[] reply, Fingerprint other) implements Serializable {}
