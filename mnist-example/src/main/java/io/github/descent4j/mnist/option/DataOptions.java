package io.github.descent4j.mnist.option;

import io.github.descent4j.mnist.data.GreyScale;
import io.github.descent4j.mnist.data.MnistData;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.nd4j.linalg.factory.Nd4j;
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

  /** Reads the images and their scale on another thread, while ND4J, whose start takes about as long, starts on this one. */
  public MnistData readWhileNd4jStarts() {
    FutureTask<MnistData> reading = new FutureTask<>(() -> {
      MnistData images = read();
      // Kept, and found again by whoever scales all images for training.
      GreyScale.of(images.train());
      return images;
    });
    Thread reader = new Thread(reading, "data");
    reader.setDaemon(true);
    reader.start();
    LinkageError missing = null;
    try {
      Nd4j.getExecutioner();
    } catch (LinkageError e) {
      missing = e;
    }
    MnistData images = result(reading);
    if (missing != null) {
      throw missing;
    }
    return images;
  }

  private static MnistData result(FutureTask<MnistData> reading) {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The data set's name in messages. */
  public String name() {
    return data == null ? "MNIST" : data.toString();
  }
}
