package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.MnistData;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the images come from. */
public final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Directory with the four IDX files of a data set like MNIST, raw or gzip. Default: MNIST itself, from the jar.")
  private Path data;

  public MnistData read() {
    return data == null ? MnistData.bundled() : MnistData.read(data);
  }

  /** The data set's name in messages. */
  public String name() {
    return data == null ? "MNIST" : data.toString();
  }
}
