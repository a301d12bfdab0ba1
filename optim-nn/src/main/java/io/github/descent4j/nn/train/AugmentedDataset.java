package io.github.descent4j.nn.train;

import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.nn.memory.Memory;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Another dataset's images, changed at random at each reading. Labels stay as they are.
 *
 * <p>What happens to an image is a function of the seed, the {@linkplain #startEpoch epoch} and the image's index alone: neither the
 * order of reading nor what was read before matters, and a resumed training sees the same images. Each image is another one in every
 * epoch. Pixels are computed with the precision of a float, whatever the data type of the batch.
 *
 * <pre>{@code
 * ImageAugmentation augmentation = ImageAugmentation.builder().shift(2).rotation(10).build();
 * trainer.fit(AugmentedDataset.of(train, augmentation, 42), 15);
 * }</pre>
 *
 * <p>Used by one thread at a time.
 */
public final class AugmentedDataset implements Dataset {
  /** Images that a thread changes at a time. */
  private static final int PIECE = 8;

  /** Pixels of images whose elastic fields are computed together: long loops that stay in the cache. */
  private static final int FIELD_PIXELS = 1 << 14;

  /** Images from which handing them to other threads pays. */
  private static final int PARALLEL = 32;

  private final Dataset dataset;
  private final long seed;
  private final ImageAugmentation augmentation;
  private final long[] exampleShape;
  private long epochSeed;
  private Memory batch;
  private ParallelRunner.Work change;
  private final ParallelRunner runner =
      new ParallelRunner((piece, worker) -> change.run(piece, worker));

  /** What each worker changes images with. */
  private final Images[] workers = new Images[runner.threads()];

  private AugmentedDataset(Dataset dataset, ImageAugmentation augmentation, long seed) {
    this.dataset = dataset;
    this.seed = seed;
    exampleShape = dataset.exampleShape();
    this.augmentation = augmentation;
    seedEpoch(0);
  }

  /**
   * A dataset of the same size, shape and classes.
   *
   * @param dataset images of shape {@code [channels, height, width]}
   * @param augmentation how they are changed
   * @param seed the changes follow from it
   * @throws IllegalArgumentException if the examples have another number of dimensions, or more pixels than a float counts: with three more rows
   *     and columns 2<sup>24</sup>
   */
  public static AugmentedDataset of(Dataset dataset, ImageAugmentation augmentation, long seed) {
    Objects.requireNonNull(dataset, "dataset");
    Objects.requireNonNull(augmentation, "augmentation");
    long[] shape = dataset.exampleShape();
    if (shape.length != 3) {
      throw new IllegalArgumentException(
          "examples have shape " + Arrays.toString(shape) + ", expected [channels, height, width]");
    }
    if (!ImageWarp.takes(shape[1], shape[2])) {
      throw new IllegalArgumentException("examples have shape "
          + Arrays.toString(shape)
          + ", expected (height + 3) * (width + 3) to be at most 2^24");
    }
    return new AugmentedDataset(dataset, augmentation, seed);
  }

  @Override
  public int size() {
    return dataset.size();
  }

  @Override
  public long[] exampleShape() {
    return exampleShape.clone();
  }

  @Override
  public int classes() {
    return dataset.classes();
  }

  @Override
  public long[] targetShape() {
    return dataset.targetShape();
  }

  @Override
  public void readTargets(int[] indices, int from, int count, INDArray targets) {
    dataset.readTargets(indices, from, count, targets);
  }

  /** Where the images can be. */
  @Override
  public boolean canReadAhead() {
    return dataset.canReadAhead();
  }

  @Override
  public void startEpoch(int epoch) {
    dataset.startEpoch(epoch);
    seedEpoch(epoch);
  }

  private void seedEpoch(int epoch) {
    epochSeed = new SplittableRandom(new SplittableRandom(seed).nextLong() + epoch).nextLong();
  }

  @Override
  public void read(int[] indices, int from, int count, INDArray features, int[] labels) {
    dataset.read(indices, from, count, features, labels);
    batch = Memory.of(features, batch);
    change = (piece, worker) -> {
      if (workers[worker] == null) {
        workers[worker] = new Images(augmentation, exampleShape);
      }
      int first = piece * PIECE;
      int end = Math.min(count, first + PIECE);
      workers[worker].change(batch, indices, from, first, end, epochSeed);
    };
    runner.run((count + PIECE - 1) / PIECE, count >= PARALLEL);
  }

  /** What one thread changes. */
  private static final class Images {
    private final ImageWarp warp;

    /** As many as are drawn together. */
    private final int together;

    private final int length;

    /** An image of a batch of another type. */
    private double[] doubles = {};

    Images(ImageAugmentation augmentation, long[] shape) {
      together =
          (int) Math.max(1, Math.min(PIECE, FIELD_PIXELS / Math.max(1, shape[1] * shape[2])));
      warp = new ImageWarp(augmentation, (int) shape[0], (int) shape[1], (int) shape[2], together);
      length = (int) (shape[0] * shape[1] * shape[2]);
    }

    void change(Memory batch, int[] indices, int from, int first, int end, long epochSeed) {
      for (int begin = first; begin < end; begin += together) {
        int next = Math.min(end, begin + together);
        for (int i = begin; i < next; i++) {
          warp.draw(i - begin, new SplittableRandom(epochSeed + indices[from + i]));
          read(batch, i * length, warp.pixels(i - begin));
        }
        warp.apply();
        for (int i = begin; i < next; i++) {
          write(warp.pixels(i - begin), batch, i * length);
        }
      }
    }

    private void read(Memory batch, int at, float[] pixels) {
      if (batch.dataType() == DataType.FLOAT) {
        batch.get(at, pixels, 0, length);
        return;
      }
      if (doubles.length < length) {
        doubles = new double[length];
      }
      batch.get(at, doubles, 0, length);
      for (int i = 0; i < length; i++) {
        pixels[i] = (float) doubles[i];
      }
    }

    private void write(float[] pixels, Memory batch, int at) {
      if (batch.dataType() == DataType.FLOAT) {
        batch.put(at, pixels, 0, length);
        return;
      }
      for (int i = 0; i < length; i++) {
        doubles[i] = pixels[i];
      }
      batch.put(at, doubles, 0, length);
    }
  }
}
