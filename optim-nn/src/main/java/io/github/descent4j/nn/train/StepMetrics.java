package io.github.descent4j.nn.train;

/**
 * What is known after one step of training.
 *
 * @param step number of this step since the trainer was made, from 1
 * @param epoch number of the epoch since the trainer was made, from 1
 * @param batch number of the mini-batch in the epoch, from 1
 * @param batches mini-batches in the epoch, a smaller last one included
 * @param loss mean loss over the mini-batch, before the step
 * @param learningRate the rate this step used
 */
public record StepMetrics(
    long step, int epoch, int batch, int batches, double loss, double learningRate) {}
