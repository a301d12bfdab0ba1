package io.github.descent4j.mnist.compare;

import io.github.descent4j.mnist.data.CommandException;
import io.github.descent4j.mnist.data.JsonFile;
import io.github.descent4j.mnist.settings.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The results of a comparison, a file for each run, so that what is done needs not be done again. */
public final class ComparisonFolder {
  private final Path folder;
  private final String dataFingerprint;

  /**
   * Makes the folder if need be.
   *
   * @throws CommandException if that fails
   */
  public ComparisonFolder(Path folder, String dataFingerprint) {
    this.folder = folder;
    this.dataFingerprint = dataFingerprint;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw CommandException.mismatch(
          folder.toString(), "a folder to write results into", CommandException.reason(e), e);
    }
  }

  /**
   * The result of a run, if it is there.
   *
   * @throws CommandException if the file is damaged, or there is that of other settings or images under its name
   */
  public Optional<ComparedRun> find(TrainingSettings settings) {
    Path file = file(settings);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ComparedRun run = JsonFile.read(file, ComparedRun.class, "the result of a run");
    if (!run.settings().equals(settings) || !run.dataFingerprint().equals(dataFingerprint)) {
      throw CommandException.mismatch(
          file.toString(),
          "the result of a run with these options and images",
          "one of others: choose another folder with --output");
    }
    return Optional.of(run);
  }

  /** Saves the result of a run as a whole or not at all. */
  void save(ComparedRun run) {
    Path file = file(run.settings());
    try {
      JsonFile.write(file, run);
    } catch (IOException e) {
      throw CommandException.unwritable(file, e);
    }
  }

  private Path file(TrainingSettings settings) {
    // As adam-beta2-0.99-warmup-500-rate-0.01-seed-1.json.
    String contender = Contender.of(settings).toString().replace(':', '-').replace('=', '-');
    return folder.resolve(String.format(
        Locale.ROOT,
        "%s-rate-%s-seed-%d.json",
        contender,
        settings.optimizer().learningRate(),
        settings.seed()));
  }
}
