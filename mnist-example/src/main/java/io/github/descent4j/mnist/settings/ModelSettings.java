package io.github.descent4j.mnist.settings;

/** The network of a run, and what it is trained on in a step. */
public record ModelSettings(
    ModelChoice model, double labelSmoothing, double dropout, int batchSize) {}
