package io.github.descent4j.mnist.compare;

import io.github.descent4j.Threads;
import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.MnistData;
import io.github.descent4j.mnist.run.TrainingRun;
import io.github.descent4j.mnist.settings.TrainingSettings;
import io.github.descent4j.nn.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Runs of different settings, several at a time. */
public final class Comparison {
  private final MnistData images;
  private final ComparisonFolder folder;
  private final int jobs;
  private final BooleanSupplier stop;
  private final TrainingListener listener;

  /**
   * A comparison that has not begun.
   *
   * @param jobs how many runs at a time; the results do not depend on it
   * @param stop ends all runs after the step under way
   * @param listener is told about the steps of all runs, by several threads
   */
  public Comparison(
      MnistData images,
      ComparisonFolder folder,
      int jobs,
      BooleanSupplier stop,
      TrainingListener listener) {
    this.images = images;
    this.folder = folder;
    this.jobs = jobs;
    this.stop = stop;
    this.listener = listener;
  }

  /**
   * Does the runs whose results are not in the folder yet.
   *
   * @param finished is told of each run that came to its end, on the caller's thread
   * @throws CommandException if a result cannot be written
   */
  public void run(List<TrainingSettings> runs, Consumer<ComparedRun> finished) {
    int threads = Math.max(1, Threads.available() / jobs);
    String fingerprint = images.fingerprint();
    ExecutorService workers = Executors.newFixedThreadPool(jobs);
    try {
      ExecutorCompletionService<Optional<ComparedRun>> results =
          new ExecutorCompletionService<>(workers);
      runs.forEach(settings -> results.submit(() -> train(settings, fingerprint, threads)));
      for (int i = 0; i < runs.size(); i++) {
        Optional<ComparedRun> result = results.take().get();
        result.ifPresent(run -> {
          folder.save(run);
          finished.accept(run);
        });
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  /** The result, or nothing if it was stopped before its end; on no more threads than there are for each of the runs at a time. */
  private Optional<ComparedRun> train(TrainingSettings settings, String fingerprint, int threads) {
    List<Optional<ComparedRun>> result = new ArrayList<>();
    Threads.limited(threads, () -> result.add(train(settings, fingerprint)));
    return result.get(0);
  }

  private Optional<ComparedRun> train(TrainingSettings settings, String fingerprint) {
    if (stop.getAsBoolean()) {
      return Optional.empty();
    }
    TrainingRun run = new TrainingRun(settings, images, stop, List.of(listener), null);
    try {
      while (!run.finished()) {
        if (run.epoch().isEmpty()) {
          return Optional.empty();
        }
      }
    } catch (CommandException e) {
      return Optional.of(new ComparedRun(settings, fingerprint, run.results(), 0, e.getMessage()));
    }
    int best = run.stopping() == null ? run.results().size() : run.stopping().bestEpoch();
    return Optional.of(new ComparedRun(settings, fingerprint, run.results(), best, null));
  }
}
