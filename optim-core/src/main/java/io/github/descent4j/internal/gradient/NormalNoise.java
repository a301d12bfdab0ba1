package io.github.descent4j.internal.gradient;

import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.parallel.ParallelRunner;
import io.github.descent4j.internal.parallel.WorkList;

/**
 * Adds independent numbers of a normal distribution to the elements of an array.
 *
 * <p>The numbers of a block are those of its own stream, which follows from a key and the block's place: so they depend on
 * neither threads nor memory order. They are by the ziggurat of Marsaglia and Tsang 2000 in Doornik's form, with 128 layers,
 * from SplitMix64 (Steele et al. 2014); functions are those of {@link StrictMath}, the same everywhere.
 */
public final class NormalNoise {
  private static final int BLOCK = 512;
  private static final int LAYERS = 128;

  /** Where the tail begins, and the area of a layer. */
  private static final double TAIL = 3.442619855899;

  private static final double AREA = 9.91256303526217e-3;

  /** The right ends of the layers, and the part of each within the next. */
  private static final double[] ENDS = new double[LAYERS + 1];

  private static final double[] INSIDE = new double[LAYERS];

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  static {
    double density = StrictMath.exp(-0.5 * TAIL * TAIL);
    ENDS[0] = AREA / density;
    ENDS[1] = TAIL;
    for (int i = 2; i < LAYERS; i++) {
      ENDS[i] = Math.sqrt(-2 * StrictMath.log(AREA / ENDS[i - 1] + density));
      density = StrictMath.exp(-0.5 * ENDS[i] * ENDS[i]);
    }
    for (int i = 0; i < LAYERS; i++) {
      INSIDE[i] = ENDS[i + 1] / ENDS[i];
    }
  }

  private final ParallelRunner workforce = new ParallelRunner(this::runPiece);
  private final Scratch[] scratch = new Scratch[workforce.threads()];
  private final WorkList pieces = new WorkList();
  private ArrayMemory array;
  private double deviation;
  private long key;

  /** Mixes a word into a key. */
  public static long mix(long key, long word) {
    return mixed(mixed(key + GAMMA) ^ word);
  }

  /** Mixes the characters of a name into a key. */
  public static long mix(long key, String name) {
    long mixed = mix(key, name.length());
    for (int i = 0; i < name.length(); i++) {
      mixed = mix(mixed, name.charAt(i));
    }
    return mixed;
  }

  private static long mixed(long word) {
    long a = (word ^ (word >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /** Adds noise of a standard deviation; the same key gives the same noise. */
  public void add(ArrayMemory array, double deviation, long key) {
    this.array = array;
    this.deviation = deviation;
    this.key = key;
    pieces.clear();
    pieces.add(0, array.length());
    workforce.run(pieces.count(), array.length() >= WorkList.PARALLEL / 8);
    this.array = null;
  }

  private void runPiece(int piece, int worker) {
    if (scratch[worker] == null) {
      scratch[worker] = new Scratch();
    }
    for (long at = pieces.from(piece); at < pieces.to(piece); at += BLOCK) {
      int n = (int) Math.min(BLOCK, pieces.to(piece) - at);
      scratch[worker].add(array, deviation, mix(key, at / BLOCK), at, n);
    }
  }

  /** The stream and heap arrays of one worker, those of either type from its first use on. */
  private static final class Scratch {
    private final long[] offsets = new long[BLOCK];
    private float[] block32;
    private double[] block64;
    private long state;

    void add(ArrayMemory array, double deviation, long seed, long at, int n) {
      state = seed;
      if (array.isDouble()) {
        block64 = block64 == null ? new double[BLOCK] : block64;
        array.load('c', at, n, block64, offsets);
        for (int i = 0; i < n; i++) {
          block64[i] += deviation * next();
        }
        array.store('c', at, n, block64, offsets);
      } else {
        block32 = block32 == null ? new float[BLOCK] : block32;
        array.load('c', at, n, block32, offsets);
        for (int i = 0; i < n; i++) {
          block32[i] = (float) (block32[i] + deviation * next());
        }
        array.store('c', at, n, block32, offsets);
      }
    }

    private double next() {
      while (true) {
        long bits = bits();
        int layer = (int) (bits & (LAYERS - 1));
        double u = (bits >> 11) * 0x1p-52;
        if (Math.abs(u) < INSIDE[layer]) {
          return u * ENDS[layer];
        }
        if (layer == 0) {
          return tail(u < 0);
        }
        double x = u * ENDS[layer];
        double below = StrictMath.exp(-0.5 * (ENDS[layer] * ENDS[layer] - x * x));
        double above = StrictMath.exp(-0.5 * (ENDS[layer + 1] * ENDS[layer + 1] - x * x));
        if (above + uniform() * (below - above) < 1) {
          return x;
        }
      }
    }

    private double tail(boolean negative) {
      double x;
      double y;
      do {
        x = StrictMath.log(uniform()) / TAIL;
        y = StrictMath.log(uniform());
      } while (-2 * y < x * x);
      return negative ? x - TAIL : TAIL - x;
    }

    /** In (0, 1). */
    private double uniform() {
      return ((bits() >>> 12) + 0.5) * 0x1p-52;
    }

    private long bits() {
      state += GAMMA;
      return mixed(state);
    }
  }
}
