package io.github.descent4j.mnist.report;

import io.github.descent4j.mnist.report.RunRecord.Epoch;
import io.github.descent4j.mnist.report.RunRecord.Gradients;
import io.github.descent4j.mnist.report.RunRecord.Session;
import io.github.descent4j.mnist.report.RunRecord.Step;
import io.github.descent4j.nn.train.EpochMetrics;
import io.github.descent4j.nn.train.Evaluation;
import io.github.descent4j.nn.train.StepMetrics;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects the numbers of a run while it trains. Steps are thinned out: of a long run every second, fourth, eighth ... step
 * from the first is kept.
 *
 * <pre>{@code
 * RunRecorder recorder = new RunRecorder(settings);
 * recorder.begin(command, environment);
 * Trainer trainer = Trainer.builder(network, optimizer).listener(recorder).build();
 * recorder.add(trainer.fit(training, 1).get(0), trainer.evaluate(test));
 * recorder.record().save(file);
 * }</pre>
 */
public final class RunRecorder implements TrainingListener {
  /** The most steps that are kept. */
  static final int SAMPLES = 1000;

  private final Map<String, String> settings;
  private final List<Session> sessions;
  private final List<String> parameters;
  private final List<Epoch> epochs;
  private final Thinned<Step> steps;
  private final Thinned<Gradients> gradients;
  private long lastStep;
  private double lastRate = Double.NaN;

  /** The record of a new run. */
  public RunRecorder(Map<String, String> settings) {
    this(new RunRecord(settings, List.of(), List.of(), List.of(), List.of(), List.of()), 0);
  }

  private RunRecorder(RunRecord record, long lastStep) {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(record.settings()));
    sessions = new ArrayList<>(record.sessions());
    parameters = new ArrayList<>(record.parameters());
    epochs = new ArrayList<>(record.epochs());
    steps = new Thinned<>(SAMPLES, Step::step, record.steps());
    gradients = new Thinned<>(SAMPLES, Gradients::step, record.gradients());
    this.lastStep = lastStep;
  }

  /**
   * Goes on with the record of a run that is resumed.
   *
   * @param record as it was when the run was saved
   * @param step steps that were done then
   */
  public static RunRecorder resume(RunRecord record, long step) {
    return new RunRecorder(record, step);
  }

  /** The same for a run that goes on with other settings, as for more epochs. */
  public static RunRecorder resume(RunRecord record, long step, Map<String, String> settings) {
    return new RunRecorder(
        new RunRecord(
            settings,
            record.sessions(),
            record.parameters(),
            record.epochs(),
            record.steps(),
            record.gradients()),
        step);
  }

  /** Notes that a process begins to train. */
  public void begin(String command, Environment environment) {
    sessions.add(new Session(command, lastStep, environment));
  }

  @Override
  public void onStep(StepMetrics metrics) {
    lastStep = metrics.step();
    lastRate = metrics.learningRate();
    steps.add(new Step(lastStep, epochsAfter(metrics), metrics.loss(), lastRate));
  }

  /**
   * Notes the gradients of a step.
   *
   * @param metrics the step
   * @param names of the parameters, the same at each call
   * @param norms L2 norm of each parameter's gradient
   * @param updateRatios L2 norm of each parameter's change over that of the parameter
   */
  public void addGradients(
      StepMetrics metrics, List<String> names, double[] norms, double[] updateRatios) {
    if (parameters.isEmpty()) {
      parameters.addAll(names);
    } else if (!parameters.equals(names)) {
      throw new IllegalArgumentException("names is " + names + ", expected " + parameters);
    }
    double squares = 0;
    for (double norm : norms) {
      squares += norm * norm;
    }
    gradients.add(new Gradients(
        metrics.step(),
        epochsAfter(metrics),
        Math.sqrt(squares),
        norms.clone(),
        updateRatios.clone()));
  }

  /** Notes the end of an epoch and what the test set says. */
  public void add(EpochMetrics training, Evaluation test) {
    epochs.add(new Epoch(
        training.epoch(),
        lastStep,
        training.trainLoss(),
        training.trainAccuracy(),
        test.meanLoss(),
        test.accuracy(),
        lastRate,
        training.seconds(),
        training.examplesPerSecond()));
  }

  /** The record so far. */
  public RunRecord record() {
    return new RunRecord(
        settings,
        List.copyOf(sessions),
        List.copyOf(parameters),
        List.copyOf(epochs),
        steps.kept(),
        gradients.kept());
  }

  private static double epochsAfter(StepMetrics metrics) {
    return metrics.epoch() - 1 + (double) metrics.batch() / metrics.batches();
  }
}
