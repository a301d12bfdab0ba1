package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Adam;
import io.github.descent4j.Optimizer;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.decorator.NonFinite;
import io.github.descent4j.decorator.WeightAverage;
import io.github.descent4j.schedule.ReduceOnPlateau;
import io.github.descent4j.schedule.Schedules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Any bytes as a file of an optimizer's state or of parameters: loaded as a whole, or a {@link StateFileException} after which
 * nothing has changed. What has been loaded is saved and loaded again to the same bytes.
 *
 * <p>The first byte of an input says what the others are: a file, or a part of one that is sound but for it, so that
 * checksums do not keep the fuzzer out.
 */
public final class StateFileTarget {
  private static final Path FOLDER = folder();
  private static final Path FILE = FOLDER.resolve("input.npz");
  private static final Path SAVED = FOLDER.resolve("saved.npz");
  private static final Path SOUND = FOLDER.resolve("sound.npz");
  private static final Subject STATE = state();
  private static final Subject VALUES = values();

  private StateFileTarget() {}

  /** Starts ND4J, whose many classes would count as the time of the first input. */
  public static void fuzzerInitialize() {
    assertThat(STATE.bytes()).isNotEmpty();
  }

  /** What is loaded into and saved from, and the parts of its sound file. */
  private record Subject(Consumer<Path> load, Consumer<Path> save, Map<String, byte[]> sound) {
    Subject(Consumer<Path> load, Consumer<Path> save) {
      this(load, save, parts(save));
    }

    private static Map<String, byte[]> parts(Consumer<Path> save) {
      save.accept(SOUND);
      return StateFiles.entries(SOUND);
    }

    void write(String part, byte[] bytes) {
      Map<String, byte[]> parts = new LinkedHashMap<>(sound);
      parts.put(part, bytes);
      StateFiles.write(FILE, parts);
    }

    /** All that a load could change. */
    byte[] bytes() {
      save.accept(SAVED);
      try {
        return Files.readAllBytes(SAVED);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void loadInput() {
      byte[] before = bytes();
      try {
        load.accept(FILE);
      } catch (StateFileException e) {
        assertThat(e.getMessage()).startsWith("state file " + FILE + " ");
        assertThat(bytes()).isEqualTo(before);
        return;
      }
      byte[] loaded = bytes();
      StateFiles.write(SOUND, sound);
      load.accept(SOUND);
      assertThat(bytes()).isEqualTo(before);
      try {
        Files.write(FILE, loaded);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      load.accept(FILE);
      assertThat(bytes()).isEqualTo(loaded);
      load.accept(SOUND);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0]) {
      case 'F' -> {
        Files.write(FILE, bytes);
        STATE.loadInput();
      }
      case 'A' -> loadWith(STATE, "w/m.npy", bytes);
      case 'V' -> loadWith(VALUES, "w/value.npy", bytes);
      case 'P' -> loadWith(VALUES, StateFiles.JSON, bytes);
      default -> loadWith(STATE, StateFiles.JSON, bytes);
    }
  }

  private static void loadWith(Subject subject, String part, byte[] bytes) {
    subject.write(part, bytes);
    subject.loadInput();
  }

  /** With every decorator that remembers something. */
  private static Subject state() {
    ReduceOnPlateau plateau = ReduceOnPlateau.builder().learningRate(0.1).build();
    Optimizer optimizer = Optimizer.groups()
        .group(
            "small",
            parameter -> parameter.value().rank() < 2,
            new Adam().averaged(WeightAverage.equal()).accumulated(3),
            0.5)
        .otherwise(new Adam().lookahead(2, 0.5).guarded(NonFinite.SKIP))
        .build()
        .clippedAdaptively(AdaptiveClip.of(0.1))
        .scheduled(Schedules.linearWarmup(3, 0.1).then(plateau.schedule()))
        .noisy(0.01, 0.55, 7)
        .adjustable();
    Parameters model = model();
    for (int step = 0; step < 4; step++) {
      optimizer.step(model);
    }
    return new Subject(
        file -> optimizer.state().load(file, model), file -> optimizer.state().save(file));
  }

  private static Subject values() {
    Parameters model = model();
    return new Subject(model::load, model::save);
  }

  private static Parameters model() {
    INDArray w = Nd4j.createFromArray(1f, -2, 3, 4).reshape(2, 2);
    INDArray b = Nd4j.createFromArray(1.0, 2.0);
    return Parameters.of(
        Parameter.of("w", w, Nd4j.createFromArray(0.5f, 0.25f, -1, 0).reshape(2, 2)),
        Parameter.of("b", b, Nd4j.valueArrayOf(2, 0.5).castTo(DataType.DOUBLE)));
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("descent4j-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
