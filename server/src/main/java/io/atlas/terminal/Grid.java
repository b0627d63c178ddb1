package io.atlas.terminal;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/** A table for people: columns as wide as their widest cell, two spaces between them. */
public final class Grid {
    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    /** The side of a column that its cells stand on. */
    public enum Side {
        LEFT,
        RIGHT
    }

    /** A column. */
    public record Column(String title, Side side) {
        public static Column left(String title) {
            return new Column(title, Side.LEFT);
        }

        public static Column right(String title) {
            return new Column(title, Side.RIGHT);
        }
    }

    /** An empty table. */
    public Grid(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row of as many cells as there are columns. */
    public void add(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException("cells: " + cells.size() + " (expected: " + columns.size() + ")");
        }
        rows.add(List.copyOf(cells));
    }

    /** The lines, each ended; the titles are bold where colours are wanted. */
    public String text(Ansi ansi) {
        StringBuilder text = new StringBuilder();
        String titles = line(columns.stream().map(Column::title).toList());
        text.append(ansi.enabled() ? Ansi.Style.bold.on() + titles + Ansi.Style.bold.off() : titles)
                .append('\n');
        rows.forEach(row -> text.append(line(row)).append('\n'));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String space = " ".repeat(width(i) - length(cells.get(i)));
            line.append(i == 0 ? "" : "  ");
            switch (columns.get(i).side()) {
                case LEFT -> line.append(cells.get(i)).append(space);
                case RIGHT -> line.append(space).append(cells.get(i));
            }
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        int width = length(columns.get(column).title());
        for (List<String> row : rows) {
            width = Math.max(width, length(row.get(column)));
        }
        return width;
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
