package io.github.descent4j.mnist.landscape;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The 255 colours that an image uses most, and one for transparent pixels.
 *
 * <p>Pictures of few colours and their blends need no more. ImageIO would choose other colours for each frame.
 */
final class GifPalette {
  private static final int TRANSPARENT = 255;

  /** Colours that differ only in the lower bits of a channel count as one. */
  private static final int COARSE = 0xF8F8F8;

  private final int[] colors;
  private final IndexColorModel model;
  private final Map<Integer, Integer> nearest = new HashMap<>();

  private GifPalette(int[] colors) {
    this.colors = colors;
    int[] all = new int[TRANSPARENT + 1];
    System.arraycopy(colors, 0, all, 0, colors.length);
    model = new IndexColorModel(8, all.length, all, 0, false, TRANSPARENT, DataBuffer.TYPE_BYTE);
  }

  static GifPalette of(BufferedImage image) {
    Map<Integer, Map<Integer, Integer>> counts = new HashMap<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int color = image.getRGB(x, y) & 0xFFFFFF;
        counts
            .computeIfAbsent(color & COARSE, coarse -> new HashMap<>())
            .merge(color, 1, Integer::sum);
      }
    }
    List<Map<Integer, Integer>> mostUsed = new ArrayList<>(counts.values());
    mostUsed.sort(Comparator.comparingInt(GifPalette::total).reversed());
    return new GifPalette(
        mostUsed.stream().limit(TRANSPARENT).mapToInt(GifPalette::mostFrequent).toArray());
  }

  /** The frame's rectangle in these colours, transparent where the frame is as the one before, which may be null. */
  BufferedImage apply(BufferedImage before, BufferedImage frame, Rectangle place) {
    BufferedImage indexed =
        new BufferedImage(place.width, place.height, BufferedImage.TYPE_BYTE_INDEXED, model);
    for (int y = 0; y < place.height; y++) {
      for (int x = 0; x < place.width; x++) {
        int color = frame.getRGB(place.x + x, place.y + y);
        boolean same = before != null && before.getRGB(place.x + x, place.y + y) == color;
        indexed.getRaster().setSample(x, y, 0, same ? TRANSPARENT : nearest(color & 0xFFFFFF));
      }
    }
    return indexed;
  }

  private int nearest(int color) {
    return nearest.computeIfAbsent(color, wanted -> {
      int best = 0;
      for (int i = 1; i < colors.length; i++) {
        if (distance(colors[i], wanted) < distance(colors[best], wanted)) {
          best = i;
        }
      }
      return best;
    });
  }

  private static int distance(int one, int other) {
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
      int difference = (one >> shift & 0xFF) - (other >> shift & 0xFF);
      sum += difference * difference;
    }
    return sum;
  }

  private static int total(Map<Integer, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static int mostFrequent(Map<Integer, Integer> counts) {
    return Collections.max(counts.entrySet(), Map.Entry.comparingByValue()).getKey();
  }
}
