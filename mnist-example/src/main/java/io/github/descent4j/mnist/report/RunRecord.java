package io.github.descent4j.mnist.report;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.data.Require;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a run so far, in JSON too. Nothing in it is null.
 *
 * @param settings what was trained and how, by name
 * @param sessions the processes that trained: one, and one more for each time the run was resumed
 * @param parameters names of the parameters, in the order of {@link Gradients}
 * @param epochs each epoch
 * @param steps at most {@value RunRecorder#SAMPLES} steps, evenly spread
 * @param gradients at most as many observations of the gradients, evenly spread; none where nobody observed
 */
public record RunRecord(
    Map<String, String> settings,
    List<Session> sessions,
    List<String> parameters,
    List<Epoch> epochs,
    List<Step> steps,
    List<Gradients> gradients) {

  /** Checks that nothing is missing, and that it fits together. */
  public RunRecord {
    Require.values("settings", settings);
    Require.elements("sessions", sessions);
    Require.elements("parameters", parameters);
    Require.elements("epochs", epochs);
    Require.elements("steps", steps);
    Require.elements("gradients", gradients);
    Require.rising("step", steps.stream().map(Step::step).toList());
    Require.rising("step of gradients", gradients.stream().map(Gradients::step).toList());
    for (Gradients observed : gradients) {
      Require.that(
          observed.norms().length == parameters.size()
              && observed.updateRatios().length == parameters.size(),
          "number of gradients",
          observed.norms().length,
          "one for each of " + parameters.size() + " parameters");
    }
  }

  /**
   * A process that trained.
   *
   * @param command its command line
   * @param fromStep steps that were done before it
   * @param environment what it ran in
   */
  public record Session(String command, long fromStep, Environment environment) {
    /** Checks that nothing is missing. */
    public Session {
      Require.present("command", command);
      Require.present("environment", environment);
    }
  }

  /**
   * An epoch.
   *
   * @param epoch its number, from 1
   * @param step the number of its last step, from 1
   * @param trainLoss mean loss over the training examples, as each was trained on
   * @param trainAccuracy likewise
   * @param testLoss mean loss over the test examples after the epoch
   * @param testAccuracy likewise
   * @param learningRate of its last step
   * @param seconds that training took
   * @param examplesPerSecond that were trained on
   */
  public record Epoch(
      int epoch,
      long step,
      double trainLoss,
      double trainAccuracy,
      double testLoss,
      double testAccuracy,
      double learningRate,
      double seconds,
      double examplesPerSecond) {}

  /**
   * A step.
   *
   * @param step its number, from 1
   * @param epoch epochs that were done after it, a fraction within an epoch
   * @param loss of its mini-batch before it
   * @param learningRate that it used
   */
  public record Step(long step, double epoch, double loss, double learningRate) {}

  /**
   * The gradients of a step.
   *
   * @param step its number, from 1
   * @param epoch epochs that were done after it, a fraction within an epoch
   * @param norm L2 norm of all gradients as one vector
   * @param norms L2 norm of each parameter's gradient
   * @param updateRatios L2 norm of each parameter's change over that of the parameter; NaN where that is 0
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares observations.
  public record Gradients(
      long step, double epoch, double norm, double[] norms, double[] updateRatios) {
    /** Checks that nothing is missing. */
    public Gradients {
      Require.present("norms", norms);
      Require.present("updateRatios", updateRatios);
    }
  }

  /** Writes the record, as a whole or not at all. */
  public void save(Path file) throws IOException {
    JsonFile.write(file, this);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws CommandException if it cannot be read, or is something else; the message names the file
   */
  public static RunRecord load(Path file) {
    return JsonFile.read(file, RunRecord.class, "the record of a run");
  }
}
