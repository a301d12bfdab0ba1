package io.github.descent4j.nn.train;

/**
 * What is known after one pass over the training set. Loss and accuracy are those that the mini-batches had when they
 * were trained on, so they mix the states the network went through during the epoch.
 *
 * @param epoch number of the epoch since the trainer was made, from 1
 * @param trainLoss mean loss over the examples
 * @param trainAccuracy part of the examples that were classified correctly, 0 to 1
 * @param seconds wall-clock time of the epoch, that of the listeners' onStep included
 * @param examplesPerSecond examples trained on per second
 */
public record EpochMetrics(
    int epoch, double trainLoss, double trainAccuracy, double seconds, double examplesPerSecond) {}
