package io.github.descent4j.mnist;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the images come from. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Directory with the four IDX files of a data set like MNIST, raw or gzip. Default: MNIST itself, from the jar.")
  private Path data;

  MnistData read() {
    return data == null ? MnistData.bundled() : MnistData.read(data);
  }

  /** The data set's name in messages. */
  String name() {
    return data == null ? "MNIST" : data.toString();
  }
}
