package io.github.descent4j.mnist.run;

import io.github.descent4j.mnist.CommandLineRun;
import io.github.descent4j.mnist.data.IdxBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prints hashes of what {@code train} comes to in this JVM, for each model; and whether it comes there too when it is resumed. */
final class TrainingBits {
  private static final List<String> MODELS = List.of("mlp", "cnn", "convnet");

  private static final int SIDE = 16;

  /** Beside the images' noise, so that some inputs are the same in every example of a batch. */
  private static final int BORDER = 4;

  private TrainingBits() {}

  /**
   * Prints them.
   *
   * @param args none
   */
  public static void main(String[] args) throws IOException {
    Path work = Files.createTempDirectory("bits");
    // Few, so that a row does not take long: two whole batches and a smaller one.
    IdxBytes.writeDataSet(work, 150, 30, SIDE, SIDE);
    blackenBorder(work.resolve("train-images-idx3-ubyte"));
    for (String model : MODELS) {
      Path whole = work.resolve(model);
      Ending ending = train(
          whole,
          "--data=" + work,
          "--model=" + model,
          "--dropout=0.1",
          "--augment-shift=1",
          "--augment-elastic=5",
          "--batch-size=64",
          "--epochs=2",
          "--keep=9",
          "--checkpoint=" + whole);
      Path broken = Files.createDirectory(work.resolve(model + "-broken"));
      copyFirst(whole, broken);
      boolean same = train(broken, "--resume=" + broken).equals(ending);
      System.out.println("bits " + model + " " + ending.hashes().get(Checkpoint.NETWORK)
          + (same ? "" : ", resumed another"));
    }
    Saves.delete(work);
  }

  private static void blackenBorder(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int header = 16;
    for (int i = header; i < bytes.length; i++) {
      int x = (i - header) % SIDE;
      int y = (i - header) / SIDE % SIDE;
      if (Math.min(x, y) < BORDER || Math.max(x, y) >= SIDE - BORDER) {
        bytes[i] = 0;
      }
    }
    Files.write(file, bytes);
  }

  private static Ending train(Path folder, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("train"));
    command.addAll(List.of(options));
    CommandLineRun run = CommandLineRun.of(command.toArray(String[]::new));
    if (run.exitCode() != 0) {
      throw new Harmed(command + ": " + run.err());
    }
    return Ending.of(folder, run.lastLine());
  }

  /** Brings a folder back to where it was after the first epoch. */
  private static void copyFirst(Path whole, Path broken) throws IOException {
    Path first;
    try (Stream<Path> all = Files.list(whole)) {
      first = all.filter(path -> CheckpointName.steps(path).isPresent())
          .sorted()
          .findFirst()
          .orElseThrow();
    }
    Path copy = Files.createDirectory(broken.resolve(first.getFileName()));
    try (Stream<Path> files = Files.list(first)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
  }
}
